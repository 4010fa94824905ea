package jobhttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// unflushed is a writer such as that of lambdaurl, which has no Flush.
type unflushed struct{ http.ResponseWriter }

// TestWatchEndsBeforeTheDeadline: with comments until then, on a writer without Flush.
func TestWatchEndsBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memstore.New[string, string]()
		created, err := store.Create(t.Context(), "q")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		began, w := time.Now(), httptest.NewRecorder()
		jobhttp.New(store, jobhttp.AllowAll).ServeHTTP(unflushed{w}, httptest.NewRequestWithContext(ctx, "GET", "/"+created.ID+"/events", nil))
		if took := time.Since(began); took != 38*time.Second {
			t.Errorf("ended after %v", took)
		}
		if got := strings.Count(w.Body.String(), "\n:\n"); got != 2 || strings.Count(w.Body.String(), "data:") != 1 {
			t.Errorf("got %d comments in %q", got, w.Body)
		}
	})
}

// TestWatchAgainAfterTheEnd: a browser that connects again gets 204 once it has the last
// event, and that event before.
func TestWatchAgainAfterTheEnd(t *testing.T) {
	store := memstore.New[string, string]()
	h := jobhttp.New(store, jobhttp.AllowAll)
	created, err := store.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobstore.Cancel(t.Context(), store, created.ID, "enough"); err != nil {
		t.Fatal(err)
	}
	w := call(t, h, "GET", "/"+created.ID+"/events", "", "Last-Event-ID", "older")
	_, rest, _ := strings.Cut(w.Body.String(), "id: ")
	last, _, _ := strings.Cut(rest, "\n")
	if w.Code != 200 || last == "" || !strings.Contains(w.Body.String(), `"canceled":true`) {
		t.Errorf("missed the end: %d %s", w.Code, w.Body)
	}
	if w := call(t, h, "GET", "/"+created.ID+"/events", "", "Last-Event-ID", last); w.Code != 204 {
		t.Errorf("has the end: %d", w.Code)
	}
}

// http2Writer ends at its write deadline, as a stream of HTTP/2 does, whether something is
// being written or not.
type http2Writer struct {
	*httptest.ResponseRecorder
	timer *time.Timer
	over  atomic.Bool
}

func (w *http2Writer) SetWriteDeadline(t time.Time) error {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(time.Until(t), func() { w.over.Store(true) })
	return nil
}

func (w *http2Writer) Write(text []byte) (int, error) {
	if w.over.Load() {
		return 0, errors.New("the stream was reset")
	}
	return w.ResponseRecorder.Write(text)
}

// TestAWatchOutlivesItsDeadlines, and has one at its end.
func TestAWatchOutlivesItsDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(inTurn(returns(&job{ID: "1", Status: jobstore.Pending})), jobhttp.AllowAll)
		w, began := &http2Writer{ResponseRecorder: httptest.NewRecorder()}, time.Now()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/1/events", nil))
		if took, comments := time.Since(began), strings.Count(w.Body.String(), "\n:\n"); took != 15*time.Minute || comments != 60 {
			t.Errorf("ended after %v with %d comments", took, comments)
		}
		time.Sleep(time.Minute)
		if !w.over.Load() {
			t.Error("what is written at the end has no deadline")
		}
	})
}
