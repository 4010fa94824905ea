package jobclient_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
)

// TestEndlessAnswers are left, whatever their status: what is longer is not read.
func TestEndlessAnswers(t *testing.T) {
	for _, status := range []int{200, 202, 400, 404, 503} {
		synctest.Test(t, func(t *testing.T) {
			var sent atomic.Int64
			c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				for block := make([]byte, 1000); sent.Load() < 10<<20; sent.Add(1000) {
					if _, err := w.Write(block); err != nil {
						return
					}
				}
			}), func(o *jobclient.Options) { o.Tries, o.MaxAnswer = 1, 100_000 })
			if _, err := c.Get(t.Context(), "1"); err == nil || sent.Load() > 200_000 {
				t.Errorf("%d: %d bytes were read, %v", status, sent.Load(), err)
			}
		})
	}
}

// TestEachLongPollEnds, also when its answer does not. The client asks again.
func TestEachLongPollEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int32
		release := make(chan struct{})
		defer close(release)
		c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"1"`)
			switch requests.Add(1) {
			case 1:
				_, _ = w.Write([]byte(`{"id":"1","status":"pending"}`))
			case 2:
				_, _ = w.Write([]byte("{"))
				<-release
			default:
				_, _ = w.Write([]byte(`{"id":"1","status":"complete"}`))
			}
		}), func(o *jobclient.Options) { o.LongPoll = true })
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		job, err := c.Wait(ctx, "1")
		if took := time.Since(began); err != nil || !job.Status.Finished() || took < 50*time.Second || took > 54*time.Second {
			t.Errorf("got %+v after %v: %v", job, took, err)
		}
	})
}

// TestNoViewIsNoEnd: an answer that says that the client has the last view, when it has none.
func TestNoViewIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if job, err := c.Wait(ctx, "1"); err == nil {
			t.Errorf("%+v is the end", job)
		}
	})
}
