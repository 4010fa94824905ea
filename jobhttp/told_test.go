package jobhttp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// failing is a store that fails with err.
type failing struct {
	jobstore.JobStore[string, string]
	err error
}

func (f failing) Create(context.Context, string, ...func(*jobstore.CreateOptions)) (*job, error) {
	return nil, f.err
}
func (f failing) Get(context.Context, string) (*job, error) { return nil, f.err }

// TestNoKindOfStoreErrorIsTold: a refusal of a store may quote its table, its record or a value.
func TestNoKindOfStoreErrorIsTold(t *testing.T) {
	for _, kind := range []error{
		jobstore.ErrNotFound, jobstore.ErrFinished, jobstore.ErrInvalid, jobstore.ErrTooLarge, jobstore.ErrDecode,
		errors.ErrUnsupported, context.DeadlineExceeded,
	} {
		err := &jobstore.Error{Op: "secret", Err: fmt.Errorf("%w: secret", kind)}
		h := jobhttp.New(failing{err: err}, jobhttp.AllowAll, quick, func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		for _, request := range []string{"GET /1", "GET /1?wait=1ms", "GET /1/events", "DELETE /1", "POST /"} {
			method, path, _ := strings.Cut(request, " ")
			if w := call(t, h, method, path, `"q"`); w.Code < 400 || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s with %v: %d %s", request, kind, w.Code, w.Body)
			}
		}
	}
}

// TestWhoMayOnlyCancelSeesNoProgress: a handler may write a part of the input or the output there.
func TestWhoMayOnlyCancelSeesNoProgress(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	h := jobhttp.New(jobs, func(_ *http.Request, action jobhttp.Action, j *job) (string, error) {
		if j != nil && action != jobhttp.Cancel {
			return "", jobhttp.ErrForbidden
		}
		return "operator", nil
	})
	_ = jobstore.Run(t.Context(), jobs, "1", func(ctx context.Context, _ *job) (string, error) {
		if err := errors.Join(jobstore.Report(ctx, 60, "secret"), jobstore.Partial(ctx, "secret")); err != nil {
			t.Error(err)
		}
		w := call(t, h, "DELETE", "/1", "")
		if shown := decode(t, w); w.Code != 200 || shown.Progress != 0 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		return "", nil
	}, func(o *jobstore.RunOptions) {
		o.ReportEvery, o.PartialEvery, o.Logger = 0, 0, slog.New(slog.DiscardHandler)
	})
}

// TestAListOfWhatIsNotShownIsBounded: large jobs that the caller may not read are read too.
func TestAListOfWhatIsNotShownIsBounded(t *testing.T) {
	jobs, read := memstore.New[string, string](), 0
	for i := range 12 {
		if _, err := jobs.Create(t.Context(), strings.Repeat("x", 300_000), func(o *jobstore.CreateOptions) { o.ID, o.Caller = strconv.Itoa(i), "ann" }); err != nil {
			t.Fatal(err)
		}
	}
	h := jobhttp.New(jobs, func(_ *http.Request, _ jobhttp.Action, j *job) (string, error) {
		if j != nil {
			read++
			return "", jobhttp.ErrForbidden
		}
		return "ann", nil
	})
	if p := pageOf(t, call(t, h, "GET", "/?limit=100", "")); read > 4 || len(p.Jobs) != 0 || p.Next == "" {
		t.Errorf("a page reads %d jobs, shows %d, and the next is %q", read, len(p.Jobs), p.Next)
	}
}
