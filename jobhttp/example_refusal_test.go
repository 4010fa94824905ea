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

// A caller may have two unfinished jobs. What that costs has a bound too: only the newest ten
// jobs are looked at. Two requests at once may both pass, so a third job is possible.
func ExampleRefusal() {
	const most, newest = 2, 10
	jobs := memstore.New[string, string]()
	unfinished := func(ctx context.Context, o *jobstore.CreateOptions) (n int, err error) {
		looked := 0
		for place, err := range jobstore.ListByCaller(ctx, jobs, o.Caller, func(o *jobstore.CallerListOptions) { o.PageSize = newest }) {
			if looked++; err != nil || looked > newest {
				return n, err
			}
			if place.ID == o.ID {
				return 0, nil // the request is repeated, and creates no job
			}
			if n == most {
				continue // a read of a large job is 100 units
			}
			if job, err := jobs.Get(ctx, place.ID); err == nil && !job.Status.Finished() {
				n++
			}
		}
		return n, nil
	}
	identify := func(r *http.Request) (string, error) { return r.Header.Get("User"), nil } // of your session
	api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](identify), func(o *jobhttp.Options) {
		o.Prepare = func(r *http.Request, o *jobstore.CreateOptions) error {
			n, err := unfinished(r.Context(), o)
			if err == nil && n >= most {
				err = &jobhttp.Refusal{Status: http.StatusTooManyRequests, Detail: "wait for one of your jobs", RetryAfter: 30 * time.Second}
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
		fmt.Println(user, w.Code, w.Header().Get("Retry-After"))
	}
	// Output:
	// ann 202 1
	// ann 202 1
	// ann 429 30
	// bob 202 1
}
