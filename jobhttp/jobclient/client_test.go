package jobclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type job = jobstore.Job[string, string]

func user(r *http.Request) (string, error) { return r.Header.Get("User"), nil }

// as sends requests of a user.
func as(name string) func(*jobclient.Options) {
	return func(o *jobclient.Options) {
		o.Authorize = func(r *http.Request) error {
			r.Header.Set("User", name)
			return nil
		}
	}
}

// TestCalls of two users of one API.
func TestCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string]()
		api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user))
		ann, bob := client(api, as("ann")), client(api, as("bob"))
		key := func(o *jobclient.CreateOptions) { o.IdempotencyKey = "k" }

		created, err := ann.Create(t.Context(), "q", key)
		if err != nil || created.Status != jobstore.Pending {
			t.Fatalf("created %+v: %v", created, err)
		}
		if again, err := ann.Create(t.Context(), "q", key); err != nil || again.ID != created.ID {
			t.Errorf("created again %+v: %v", again, err)
		}
		if other, err := ann.Create(t.Context(), "q"); err != nil || other.ID == created.ID {
			t.Errorf("created without a key %+v: %v", other, err)
		}
		if _, err := ann.Create(t.Context(), "another", key); !errors.Is(err, jobclient.ErrConflict) {
			t.Errorf("another input: %v", err)
		}
		if got, err := ann.Get(t.Context(), created.ID); err != nil || got.ID != created.ID {
			t.Errorf("got %+v: %v", got, err)
		}
		for op, err := range map[string]error{
			"get": second(bob.Get(t.Context(), created.ID)), "cancel": second(bob.Cancel(t.Context(), created.ID)),
			"watch": second(bob.Wait(t.Context(), created.ID)),
		} {
			if failed, ok := errors.AsType[*jobclient.Error](err); !ok || failed.Status != 404 || failed.Op != op || !errors.Is(err, jobstore.ErrNotFound) {
				t.Errorf("%s by another: %v", op, err)
			}
		}
		if _, err := client(api).Get(t.Context(), created.ID); !errors.Is(err, jobhttp.ErrUnauthenticated) {
			t.Errorf("without a user: %v", err)
		}
		for range 2 {
			if got, err := ann.Cancel(t.Context(), created.ID); err != nil || !got.Canceled {
				t.Errorf("canceled %+v: %v", got, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestWatch follows a job through cuts, by events and by polling.
func TestWatch(t *testing.T) {
	for _, poll := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			jobs := memstore.New[string, string]()
			api := jobhttp.New(jobs, jobhttp.AllowAll)
			var bytes atomic.Int32
			c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				api.ServeHTTP(&cutter{w, int(bytes.Add(250)) % 1000}, r)
			}), func(o *jobclient.Options) { o.LongPoll = poll })
			created, err := jobs.Create(t.Context(), "q")
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				_ = jobstore.Run(t.Context(), jobs, created.ID, func(ctx context.Context, _ *job) (string, error) {
					for progress := 20; progress < 100; progress += 20 {
						time.Sleep(time.Minute)
						if err := jobstore.Report(ctx, progress, "on it"); err != nil {
							return "", err
						}
					}
					time.Sleep(time.Minute)
					return "done", nil
				})
			}()
			var seen []string
			var last jobhttp.View[string]
			for job, err := range c.Watch(t.Context(), created.ID) {
				if err != nil {
					t.Fatal(err)
				}
				if job == last {
					t.Errorf("poll %t: saw %+v twice", poll, job)
				}
				last, seen = job, append(seen, fmt.Sprintf("%s %d", job.Status, job.Progress))
			}
			if got := strings.TrimPrefix(strings.Join(slices.Compact(seen), ", "), "pending 0, "); got != "processing 0, processing 20, processing 40, processing 60, processing 80, complete 80" {
				t.Errorf("poll %t: saw %s", poll, got)
			}
			if last.Output == nil || *last.Output != "done" {
				t.Errorf("poll %t: the last is %+v", poll, last)
			}
		})
	}
}

// cutter breaks a response after so many bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *cutter) Write(data []byte) (int, error) {
	if len(data) <= c.left {
		c.left -= len(data)
		return c.ResponseWriter.Write(data)
	}
	_, _ = c.ResponseWriter.Write(data[:c.left])
	panic(http.ErrAbortHandler)
}

// TestWatchEndsEarly with the loop, and with the context.
func TestWatchEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string]()
		c := client(jobhttp.New(jobs, jobhttp.AllowAll))
		created, err := jobs.Create(t.Context(), "q")
		if err != nil {
			t.Fatal(err)
		}
		for range c.Watch(t.Context(), created.ID) {
			break
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		if _, err = c.Wait(ctx, created.ID); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Hour {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestWatchLeavesASilentServer and connects again.
func TestWatchLeavesASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string]()
		api := jobhttp.New(jobs, jobhttp.AllowAll)
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		if _, err := jobstore.Cancel(t.Context(), jobs, "1", "enough"); err != nil {
			t.Fatal(err)
		}
		var requests atomic.Int32
		var told []string
		c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch requests.Add(1) {
			case 1:
				<-r.Context().Done()
			case 2:
				w.Header().Set("Content-Type", "text/event-stream")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			default:
				api.ServeHTTP(w, r)
			}
		}), func(o *jobclient.Options) { o.OnRetry = func(err error) { told = append(told, err.Error()) } })
		began := time.Now()
		if job, err := c.Wait(t.Context(), "1"); err != nil || !job.Canceled {
			t.Errorf("got %+v, %v", job, err)
		}
		if took := time.Since(began); took < 90*time.Second || took > 94*time.Second {
			t.Errorf("took %v", took)
		}
		const want = `jobclient: watch "1": nothing was received for 45s`
		if len(told) != 2 || told[0] != want || told[1] != want {
			t.Errorf("told %q", told)
		}
	})
}

// TestTries repeats what can help, as late as the server says.
func TestTries(t *testing.T) {
	for status, want := range map[int]int{200: 1, 301: 1, 307: 1, 400: 1, 404: 1, 408: 4, 425: 4, 429: 4, 500: 4, 501: 1, 503: 4, 0: 4} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				if status == 0 {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Location", "https://other.example/")
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"detail":"why","id":"1","status":"pending"}`))
			}))
			began := time.Now()
			_, err := c.Get(t.Context(), "1")
			if requests != want {
				t.Errorf("%d: %d requests, want %d", status, requests, want)
			}
			if took := time.Since(began); status >= 408 && want == 4 && took != 3*time.Minute {
				t.Errorf("%d: took %v", status, took)
			}
			if failed, ok := errors.AsType[*jobclient.Error](err); status != 200 && (!ok || failed.Status != status || status != 0 && failed.Detail != "why") {
				t.Errorf("%d: %v", status, err)
			}
		})
	}
}

// TestNoTryAfterTheDeadline: the error then says why, and comes at once.
func TestNoTryAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Get(ctx, "1")
		if failed, ok := errors.AsType[*jobclient.Error](err); !ok || failed.Status != 503 || time.Since(began) != 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}
