package jobhttp_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestWhatIsDoneIsNotRefused: callers who have no room for answers, or for whom there is none in all,
// learn that a job was created or canceled.
func TestWhatIsDoneIsNotRefused(t *testing.T) {
	for refusal, limits := range map[int][2]int{429: {10, 1000}, 503: {1000, 10}} {
		synctest.Test(t, func(t *testing.T) {
			jobs := memstore.New[string, string]()
			h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
				o.ShowInput, o.ShowMetadata, o.MaxCallerWatchers, o.MaxWatchers = true, true, limits[0], limits[1]
			})
			input := `"` + strings.Repeat("x", 200<<10) + `"`
			post := func() *httptest.ResponseRecorder {
				return call(t, h, "POST", "/", input, "User", "ann", "Idempotency-Key", "k")
			}
			path := "/" + decode(t, call(t, h, "POST", "/", input, "User", "ann")).ID
			letGo, writing := make(chan struct{}), sync.WaitGroup{}
			writing.Go(func() {
				r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
				r.Header.Set("User", "ann")
				h.ServeHTTP(slowWriter{httptest.NewRecorder(), letGo}, r)
			})
			synctest.Wait()
			if w := call(t, h, "GET", path, "", "User", "ann"); w.Code != refusal {
				t.Errorf("there is room for a read: %d", w.Code)
			}
			created := decode(t, post())
			for _, w := range []*httptest.ResponseRecorder{post(), call(t, h, "DELETE", "/"+created.ID, "", "User", "ann"), post()} {
				got := decode(t, w)
				if w.Code/100 != 2 || got.ID != created.ID || got.Status == "" || w.Body.Len() > 1000 {
					t.Errorf("got %d and %d bytes: %.300s", w.Code, w.Body.Len(), w.Body)
				}
			}
			if w := post(); w.Header().Get("Location") != "./"+created.ID || w.Header().Get("Retry-After") == "" || w.Header().Get("ETag") == "" {
				t.Errorf("the header is %v", w.Header())
			}
			if job, err := jobs.Get(t.Context(), created.ID); err != nil || !job.Canceled {
				t.Errorf("the job is %v, %v", job, err)
			}
			close(letGo)
			writing.Wait()
			if w := post(); len(decode(t, w).Input) != 200<<10 {
				t.Errorf("with room again: %d and %d bytes", w.Code, w.Body.Len())
			}
		})
	}
}

// TestWhatIsDoneIsToldWithoutItsView if that cannot be encoded.
func TestWhatIsDoneIsToldWithoutItsView(t *testing.T) {
	var log bytes.Buffer
	h := jobhttp.New(endless{memstore.New[string, float64]()}, jobhttp.AllowAll, func(o *jobhttp.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	w := call(t, h, "POST", "/", `"q"`)
	if got := decode(t, w); w.Code != http.StatusAccepted || got.ID == "" || !strings.Contains(log.String(), got.ID) || strings.Contains(log.String(), "Inf") {
		t.Errorf("got %d %s, logged %s", w.Code, w.Body, &log)
	}
}

// endless creates jobs whose output JSON has no form for.
type endless struct {
	jobstore.JobStore[string, float64]
}

func (s endless) Create(ctx context.Context, in string, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[string, float64], error) {
	job, err := s.JobStore.Create(ctx, in, opts...)
	if err == nil {
		job.Status, job.Output = jobstore.Processing, math.Inf(1)
	}
	return job, err
}

// texted has a form in JSON unless it says otherwise.
type texted string

func (x texted) MarshalText() ([]byte, error) {
	switch x {
	case "fails":
		return nil, errors.New("secret")
	case "panics":
		panic("secret")
	}
	return []byte(x), nil
}

func (x *texted) UnmarshalText(text []byte) error { *x = texted(text); return nil }

// unshown has a job whose output has a method that fails or panics.
type unshown struct {
	*memstore.Store[string, texted]
	broken texted
}

func (s unshown) shown(j *jobstore.Job[string, texted], err error) (*jobstore.Job[string, texted], error) {
	if err == nil && j.Input == "broken" {
		j.Status, j.Output = jobstore.Processing, s.broken
	}
	return j, err
}

func (s unshown) Create(ctx context.Context, in string, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[string, texted], error) {
	return s.shown(s.Store.Create(ctx, in, opts...))
}

func (s unshown) Get(ctx context.Context, id string) (*jobstore.Job[string, texted], error) {
	return s.shown(s.Store.Get(ctx, id))
}

// TestAnOutputThatPanics keeps a caller from that output alone.
func TestAnOutputThatPanics(t *testing.T) {
	for _, broken := range []texted{"fails", "panics"} {
		var log bytes.Buffer
		h := jobhttp.New(unshown{memstore.New[string, texted](), broken}, jobhttp.OwnJobs[string, texted](user), func(o *jobhttp.Options) {
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		for _, input := range []string{`"broken"`, `"whole"`} {
			if w := call(t, h, "POST", "/", input, "User", "ann"); w.Code != http.StatusAccepted {
				t.Errorf("%s: %s: %d %s", broken, input, w.Code, w.Body)
			}
		}
		if w := call(t, h, "GET", "/", "", "User", "ann"); w.Code != http.StatusOK || strings.Count(w.Body.String(), `"status"`) != 1 {
			t.Errorf("%s: the list: %d %s", broken, w.Code, w.Body)
		}
		if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "left out") {
			t.Errorf("%s: logged %s", broken, &log)
		}
	}
}
