package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// onLambda watches a job of the ID 1 in an invocation of a function with this timeout.
func onLambda(timeout time.Duration) func(*testing.T, http.Handler) {
	return func(t *testing.T, api http.Handler) {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		event := `{"version":"2.0","rawPath":"/1/events","headers":{},"requestContext":{"http":{"method":"GET","path":"/1/events"}}}`
		if _, err := lambdahttp.Wrap(api).Invoke(ctx, []byte(event)); err != nil {
			t.Error(err)
		}
	}
}

// onServer watches it where a client's hanging up ends the request.
func onServer(t *testing.T, api http.Handler) { watchOn(t, api, "") }

// byToken does so with a read token of ten minutes.
func byToken(t *testing.T, api http.Handler) {
	watchOn(t, api, "?token="+jobhttp.IssueToken(readTokens(t, "test", newKey), &job{ID: "1", CreatedAt: time.Now()}, 10*time.Minute))
}

func watchOn(t *testing.T, api http.Handler, query string) {
	api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/1/events"+query, nil))
}

// TestMaxWatch ends a watch of a job that does not end: soon on Lambda, where the function
// does not learn that its client has hung up.
func TestMaxWatch(t *testing.T) {
	for name, tt := range map[string]struct {
		watch    func(*testing.T, http.Handler)
		maxWatch time.Duration
		want     time.Duration
	}{
		"server":                           {onServer, 0, 15 * time.Minute},
		"server, with a read token":        {byToken, 0, 10*time.Minute - 2*time.Second},
		"server, chosen":                   {onServer, 3 * time.Minute, 3 * time.Minute},
		"function":                         {onLambda(15 * time.Minute), 0, time.Minute},
		"function, chosen":                 {onLambda(15 * time.Minute), 3 * time.Minute, 3 * time.Minute},
		"function with a short timeout":    {onLambda(30 * time.Second), 0, 28 * time.Second},
		"function, chosen for longer":      {onLambda(30 * time.Second), time.Hour, 28 * time.Second},
		"function under managed instances": {onLambda(90 * time.Minute), 0, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				jobs := memstore.New[string, string]()
				if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				tt.watch(t, jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) {
					o.MaxWatch, o.ReadTokens = tt.maxWatch, readTokens(t, "test", newKey)
				}))
				if took := time.Since(began); took != tt.want {
					t.Errorf("ended after %v, want %v", took, tt.want)
				}
			})
		})
	}
}

// TestAbandonedWatches give their slots back: of ten clients that have hung up, no watch is
// left after a minute.
func TestAbandonedWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string]()
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		api, done := jobhttp.New(jobs, jobhttp.AllowAll), make(chan struct{}, 10)
		for range cap(done) {
			go func() { onLambda(15*time.Minute)(t, api); done <- struct{}{} }()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(done) != cap(done) {
			t.Errorf("%d of %d slots are taken after a minute", cap(done)-len(done), cap(done))
		}
	})
}

// timed is a writer that remembers until when it may be written to.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (w *timed) SetWriteDeadline(t time.Time) error {
	w.until = t
	return nil
}

// TestAnswersEnd: a client that does not read keeps no answer in memory for longer. A server's own
// limit stays.
func TestAnswersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user))
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
		for server, want := range map[*http.Server]time.Duration{{}: 30 * time.Second, {WriteTimeout: time.Minute}: 0} {
			ctx := context.WithValue(t.Context(), http.ServerContextKey, server)
			for _, request := range []string{"GET /" + id, "GET /", "POST /", "DELETE /" + id} {
				method, path, _ := strings.Cut(request, " ")
				r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(`"q"`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("User", "ann")
				w := &timed{ResponseRecorder: httptest.NewRecorder()}
				h.ServeHTTP(w, r)
				if w.Code/100 != 2 || want == 0 && !w.until.IsZero() || want > 0 && time.Until(w.until) != want {
					t.Errorf("WriteTimeout %v: %s: %d, until %v", server.WriteTimeout, request, w.Code, w.until)
				}
			}
		}
	})
}

// eachTimed remembers how long each write might take.
type eachTimed struct {
	timed
	limits []time.Duration
}

func (w *eachTimed) Write(data []byte) (int, error) {
	w.limits = append(w.limits, time.Until(w.until))
	return w.timed.Write(data)
}

// TestEachEventEnds: a client that does not read the next event of its watch keeps it for ten
// seconds, also if it has read the others.
func TestEachEventEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads, w := 0, &eachTimed{timed: timed{ResponseRecorder: httptest.NewRecorder()}}
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			if reads++; reads > 3 {
				return &job{ID: "1", Status: jobstore.Complete, Attempt: 1}, nil
			}
			return &job{ID: "1", Status: jobstore.Processing, Attempt: 1, Reports: reads, Progress: reads}, nil
		}), jobhttp.AllowAll)
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/1/events", nil))
		if want := slices.Repeat([]time.Duration{10 * time.Second}, 4); !slices.Equal(w.limits, want) {
			t.Errorf("the events may take %v, want %v", w.limits, want)
		}
	})
}
