package jobhttp_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// writes counts the writes that a store like DynamoDB would refuse, and bill by the size of the
// record that is there.
type writes struct {
	*memstore.Store[string, string]
	creates, cancels int
}

func (s *writes) Create(ctx context.Context, in string, opts ...func(*jobstore.CreateOptions)) (*job, error) {
	var o jobstore.CreateOptions
	for _, opt := range opts {
		opt(&o)
	}
	if !o.Redelivered {
		s.creates++
	}
	return s.Store.Create(ctx, in, opts...)
}

func (s *writes) CancelJob(ctx context.Context, j *job, reason string) (*job, error) {
	s.cancels++
	return s.Store.CancelJob(ctx, j, reason)
}

// TestRepeatsCostNoWrite: a request of a few bytes about a large job is not billed as a write of it.
func TestRepeatsCostNoWrite(t *testing.T) {
	for _, canceled := range []bool{false, true} {
		jobs := &writes{Store: memstore.New[string, string]()}
		h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user))
		post := func(body string) int {
			return call(t, h, "POST", "/", body, "User", "ann", "Idempotency-Key", "k").Code
		}
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann", "Idempotency-Key", "k")).ID
		end, want := finish, http.StatusConflict
		if canceled {
			end, want = abort, http.StatusOK
		}
		if err := end(t.Context(), jobs.Store, id); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if w := call(t, h, "DELETE", "/"+id, "", "User", "ann"); w.Code != want {
				t.Errorf("a job that was canceled (%v): DELETE got %d, want %d", canceled, w.Code, want)
			}
			if same, other := post(`"q"`), post(`1`); same != http.StatusAccepted || other != http.StatusBadRequest {
				t.Errorf("POST got %d and %d", same, other)
			}
			if other := post(`""`); other != http.StatusUnprocessableEntity {
				t.Errorf("POST of another input got %d", other)
			}
		}
		if jobs.creates+jobs.cancels > 0 {
			t.Errorf("%d writes by POST and %d by DELETE", jobs.creates, jobs.cancels)
		}
	}
}

func finish(ctx context.Context, jobs *memstore.Store[string, string], id string) error {
	return jobstore.Run(ctx, jobs, id, func(context.Context, *job) (string, error) { return "a", nil })
}

func abort(ctx context.Context, jobs *memstore.Store[string, string], id string) error {
	_, err := jobs.Cancel(ctx, id, "why")
	return err
}

// TestPrepareMaySaveTheRead of a first request, and one without a key has none.
func TestPrepareMaySaveTheRead(t *testing.T) {
	for key, redelivered := range map[string]bool{"": false, "k": true} {
		jobs := &writes{Store: memstore.New[string, string]()}
		asked := ""
		h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.Prepare = func(_ *http.Request, c *jobstore.CreateOptions) error {
				asked, c.Redelivered = fmt.Sprint(c.Redelivered), false
				return nil
			}
		})
		call(t, h, "POST", "/", `"q"`, "User", "ann", "Idempotency-Key", key)
		if asked != fmt.Sprint(redelivered) || jobs.creates != 1 {
			t.Errorf("key %q: Prepare was told %s, and %d creates did not look first", key, asked, jobs.creates)
		}
	}
}
