package jobhttp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestErrorsOfAnAuthorizeAreItsOwn: sessions may be jobs too, and what their store says is
// not about the job.
func TestErrorsOfAnAuthorizeAreItsOwn(t *testing.T) {
	for _, err := range []error{
		jobstore.ErrNotFound, jobstore.ErrFinished, jobstore.ErrInvalid, jobstore.ErrTooLarge, http.ErrNotSupported,
		context.Canceled, context.DeadlineExceeded, io.EOF,
	} {
		err = fmt.Errorf("the session: %w", err)
		quiet := func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) }
		h := jobhttp.New(memstore.New[string, string](), func(*http.Request, jobhttp.Action, *job) (string, error) { return "", err }, quiet)
		for _, path := range []string{"GET /", "POST /", "GET /1", "GET /1?wait=1s", "GET /1/events", "HEAD /1/events", "DELETE /1"} {
			var method, target string
			_, _ = fmt.Sscan(path, &method, &target)
			if w := call(t, h, method, target, `"q"`); w.Code != 500 {
				t.Errorf("%s with %v: %d, want 500", path, err, w.Code)
			}
		}
		prepare := func(o *jobhttp.Options) {
			o.Prepare = func(*http.Request, *jobstore.CreateOptions) error { return err }
		}
		want := 500
		if err.Error() == "the session: "+jobstore.ErrInvalid.Error() {
			want = 400 // as documented
		}
		if w := call(t, jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, quiet, prepare), "POST", "/", `"q"`); w.Code != want {
			t.Errorf("Prepare with %v: %d, want %d", err, w.Code, want)
		}
	}
}

// hiding is a store around another that has no jobs of bob.
type hiding struct {
	jobstore.JobStore[string, string]
}

func (h hiding) Unwrap() jobstore.JobStore[string, string] { return h.JobStore }

func (h hiding) Get(ctx context.Context, id string) (*job, error) {
	j, err := h.JobStore.Get(ctx, id)
	if err == nil && j.Caller == "bob" {
		return nil, jobstore.ErrNotFound
	}
	return j, err
}

// TestAJobThatAStoreHides is hidden also where the list and the cancel are those of the store inside.
func TestAJobThatAStoreHides(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "secret", func(o *jobstore.CreateOptions) { o.ID, o.Caller = "1", "bob" }); err != nil {
		t.Fatal(err)
	}
	h := jobhttp.New(hiding{jobs}, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
		o.ReadTokens = readTokens(t, "test", newKey)
	})
	for _, path := range []string{"GET /1", "HEAD /1", "GET /1?wait=1ms", "GET /1/events", "DELETE /1", "POST /1/token"} {
		method, target, _ := strings.Cut(path, " ")
		if w := call(t, h, method, target, "", "User", "bob"); w.Code != 404 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if p := pageOf(t, call(t, h, "GET", "/", "", "User", "bob")); len(p.Jobs) != 0 {
		t.Errorf("listed %v", p)
	}
	if j, err := jobs.Get(t.Context(), "1"); err != nil || j.Canceled {
		t.Errorf("canceled %+v: %v", j, err)
	}
}
