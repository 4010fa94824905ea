package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestAWatchEndsWithItsJob: bob's job has the ID of ann's, whatever the clock of its creator
// says. A watch by a read token ends too, and ann's watch does not keep bob from the new job.
func TestAWatchEndsWithItsJob(t *testing.T) {
	for _, later := range []time.Duration{-time.Hour, 0, time.Hour} {
		for _, path := range []string{"/1/events", "/1?wait=20s", "/1/events?token=", "/1?wait=20s&token="} {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				tokens := readTokens(t, "test", newKey)
				h := jobhttp.New(reading(func(context.Context) (*job, error) {
					if time.Since(began) < 3*time.Second {
						return &job{ID: "1", Status: jobstore.Pending, Caller: "ann", CreatedAt: began}, nil
					}
					return &job{ID: "1", Status: jobstore.Pending, Caller: "bob", CreatedAt: began.Add(later), ProgressMessage: "secret"}, nil
				}), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.ReadTokens = tokens })
				if strings.HasSuffix(path, "token=") {
					path += issueNow(tokens, "1", "ann")
				}
				w := call(t, h, "GET", path, "", "User", "ann")
				if took := time.Since(began); took > 5*time.Second || strings.Contains(w.Body.String(), "secret") {
					t.Errorf("%v later, %s: after %v %d %s", later, path, took, w.Code, w.Body)
				}
				if w := call(t, h, "GET", "/1?wait=1s", "", "User", "bob"); w.Code != 200 {
					t.Errorf("%v later, bob: %d", later, w.Code)
				}
			})
		}
	}
}

// TestACancelShowsOnlyWhatItsCallerMaySee: bob's job takes the place of ann's between the
// authorization and the cancel.
func TestACancelShowsOnlyWhatItsCallerMaySee(t *testing.T) {
	jobs := memstore.New[string, string]()
	create := func(id, caller string) {
		if _, err := jobs.Create(t.Context(), "secret of "+caller, func(o *jobstore.CreateOptions) { o.ID, o.Caller = id, caller }); err != nil {
			t.Fatal(err)
		}
	}
	create("1", "bob")
	mine := readStore{jobs, func(context.Context) (*job, error) {
		return &job{ID: "1", Status: jobstore.Pending, Caller: "ann"}, nil
	}}
	h := jobhttp.New(cancelStore{mine}, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.ShowInput = true })
	for range 2 {
		if w := call(t, h, "DELETE", "/1", "", "User", "ann"); w.Code != 404 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
}

// cancelStore cancels in the store behind a readStore.
type cancelStore struct{ readStore }

func (s cancelStore) Cancel(ctx context.Context, id, reason string) (*job, error) {
	return jobstore.Cancel(ctx, s.JobStore, id, reason)
}

// TestACancelLeavesASuccessorAlone: bob's job takes the ID of ann's between the authorization
// and the cancel.
func TestACancelLeavesASuccessorAlone(t *testing.T) {
	began, later := time.Now(), time.Duration(0)
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return began.Add(later) } })
	create := func(caller string) (*job, error) {
		return jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) {
			o.ID, o.Caller, o.ExpiresAt = "1", caller, began.Add(later+time.Minute)
		})
	}
	if _, err := create("ann"); err != nil {
		t.Fatal(err)
	}
	h := jobhttp.New(wrapping{readStore{jobs, func(ctx context.Context) (*job, error) {
		read, err := jobs.Get(ctx, "1")
		if read.Caller == "ann" {
			later += time.Hour
			if _, err := create("bob"); err != nil {
				t.Error(err)
			}
		}
		return read, err
	}}}, jobhttp.OwnJobs[string, string](user))
	if w := call(t, h, "DELETE", "/1", "", "User", "ann"); w.Code != 404 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if job, err := jobs.Get(t.Context(), "1"); err != nil || job.Caller != "bob" || job.Canceled {
		t.Errorf("bob's job is %+v, %v", job, err)
	}
}

// wrapping shows what the store behind a readStore can do.
type wrapping struct{ readStore }

func (s wrapping) Unwrap() jobstore.JobStore[string, string] { return s.JobStore }

// TestWatchersAreAuthorizedByTheNewestRecord: what an Authorize reads may change without a
// change that a client sees.
func TestWatchersAreAuthorizedByTheNewestRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			read := &job{ID: "1", Status: jobstore.Pending, Caller: "ann", CreatedAt: began}
			if time.Since(began) < 3*time.Second {
				read.Metadata = map[string]any{"sharedWith": "bob"}
			}
			return read, nil
		}), func(r *http.Request, _ jobhttp.Action, j *job) (string, error) {
			if name := r.Header.Get("User"); j == nil || j.Caller == name || j.Metadata["sharedWith"] == name {
				return name, nil
			}
			return "", jobhttp.ErrForbidden
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go func() {
			r := httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil)
			r.Header.Set("User", "ann")
			h.ServeHTTP(httptest.NewRecorder(), r)
		}()
		for _, want := range []int{200, 404} {
			if w := call(t, h, "GET", "/1?wait=1s", "", "User", "bob"); w.Code != want {
				t.Errorf("after %v: %d, want %d", time.Since(began), w.Code, want)
			}
			time.Sleep(10 * time.Second)
		}
	})
}

// TestAnAuthorizeMayChangeItsJob, which is a copy: the watchers of a job share what was read.
func TestAnAuthorizeMayChangeItsJob(t *testing.T) {
	jobs := memstore.New[string, string]()
	for _, id := range []string{"1", "2"} {
		_, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Metadata = id, map[string]any{"of": "ann"} })
		if err != nil {
			t.Fatal(err)
		}
	}
	h := jobhttp.New(jobs, func(_ *http.Request, _ jobhttp.Action, j *job) (string, error) {
		if j != nil {
			if j.ID == "2" || j.Metadata["of"] != "ann" {
				t.Errorf("asked about %+v", j)
			}
			j.ID, j.Metadata["of"] = "2", "bob"
		}
		return "ann", nil
	}, func(o *jobhttp.Options) { o.ShowMetadata = true })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if w := call(t, h, "GET", "/1?wait=100ms", ""); !strings.Contains(w.Body.String(), `"id":"1"`) || !strings.Contains(w.Body.String(), "ann") {
				t.Errorf("got %s", w.Body)
			}
		})
	}
	all.Wait()
	if got := decode(t, call(t, h, "DELETE", "/1", "")); got.ID != "1" {
		t.Errorf("canceled %q", got.ID)
	}
	if other, err := jobs.Get(t.Context(), "2"); err != nil || other.Canceled {
		t.Errorf("the other is %+v, %v", other, err)
	}
}
