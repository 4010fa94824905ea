package jobhttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// A caller may create two jobs a minute, canceled ones too. A request reads no job for that, but
// the index of callers. Requests at the same time may pass together.
func ExampleRefusal() {
	const most, during = 2, time.Minute
	jobs := memstore.New[string, string]()
	wait := func(ctx context.Context, o *jobstore.CreateOptions) (time.Duration, error) {
		created := 0
		for place, err := range jobstore.ListByCaller(ctx, jobs, o.Caller, func(o *jobstore.CallerListOptions) { o.PageSize = most }) {
			if err != nil || place.ID == o.ID {
				return 0, err // the request is repeated, and creates no job
			}
			if created++; created == most {
				return during - time.Since(place.CreatedAt), nil
			}
		}
		return 0, nil
	}
	identify := func(r *http.Request) (string, error) { return r.Header.Get("User"), nil } // of your session
	api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](identify), func(o *jobhttp.Options) {
		o.Prepare = func(r *http.Request, o *jobstore.CreateOptions) error {
			d, err := wait(r.Context(), o)
			if err == nil && d > 0 {
				err = &jobhttp.Refusal{Status: http.StatusTooManyRequests, Detail: "two jobs a minute", RetryAfter: d}
			}
			return err
		}
	})
	for _, user := range []string{"ann", "ann", "ann", "bob"} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(`"why?"`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User", user)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		fmt.Println(user, w.Code)
	}
	// Output:
	// ann 202
	// ann 202
	// ann 429
	// bob 202
}
