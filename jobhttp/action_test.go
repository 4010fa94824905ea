package jobhttp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestWhoMayDoOneThing can do nothing else, whether the Authorize decides with the job or
// without it: each request asks for what it does.
func TestWhoMayDoOneThing(t *testing.T) {
	requests := map[jobhttp.Action][]string{
		jobhttp.Create: {"POST /"},
		jobhttp.Read:   {"GET /1", "HEAD /1", "GET /1?wait=1ms", "GET /1/events", "HEAD /1/events", "POST /1/token"},
		jobhttp.Cancel: {"DELETE /1"},
		jobhttp.List:   {"GET /"},
	}
	for may := range requests {
		for _, about := range []bool{false, true} {
			h := onlyFor(t, may, about)
			for action, all := range requests {
				if about && (action == jobhttp.Create || action == jobhttp.List) {
					continue // these are about no job
				}
				for _, request := range all {
					method, path, _ := strings.Cut(request, " ")
					w := call(t, h, method, path, `"q"`)
					want := map[bool][]int{false: {200, 202}, true: {403, 404}}[action != may]
					if !slices.Contains(want, w.Code) || action != may && strings.Contains(w.Body.String(), "secret") {
						t.Errorf("who may %s, about the job %t: %s got %d %s", may, about, request, w.Code, w.Body)
					}
				}
			}
		}
	}
}

// TestAnAuthorizeIsRequired: it has no default.
func TestAnAuthorizeIsRequired(t *testing.T) {
	if got := panicOf(func() { jobhttp.New[string, string](memstore.New[string, string](), nil) }); got != "jobhttp: New: authorize is nil" {
		t.Errorf("without an Authorize: %q", got)
	}
	if got := panicOf(func() { jobhttp.OwnJobs[string, string](nil) }); got != "jobhttp: OwnJobs: identify is nil" {
		t.Errorf("without names: %q", got)
	}
}

// onlyFor is an API with the job "1", which was canceled, for a caller who may do one thing. Its Authorize
// refuses the others when it is asked about the job, or before.
func onlyFor(t *testing.T, may jobhttp.Action, about bool) http.Handler {
	t.Helper()
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "secret", func(o *jobstore.CreateOptions) { o.ID, o.Caller = "1", "ann" }); err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Cancel(t.Context(), "1", ""); err != nil {
		t.Fatal(err)
	}
	authorize := func(_ *http.Request, action jobhttp.Action, j *job) (string, error) {
		if action != may && about == (j != nil) {
			return "", jobhttp.ErrForbidden
		}
		return "ann", nil
	}
	return jobhttp.New(jobs, authorize, func(o *jobhttp.Options) { o.ShowInput, o.ReadTokens = true, readTokens(t, "test", newKey) })
}
