package jobhttp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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
