package jobclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestNoOlderViewAfterANewerOne: the client connects again, to a server that is behind. What
// is there under the ID of a job that was deleted is shown, and so is the end: a cancel by a
// clock that is behind.
func TestNoOlderViewAfterANewerOne(t *testing.T) {
	for _, longPoll := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			answers := &behind{versions: []string{"3", "1", "2", "4", "new 3", "1"}}
			c := client(answers, func(o *jobclient.Options) { o.LongPoll = longPoll })
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var seen []string
			for job, err := range c.Watch(ctx, "1") {
				if err != nil {
					t.Fatal(err)
				}
				seen = append(seen, job.Version)
			}
			if want := []string{"3", "4", "3", "1"}; !slices.Equal(seen, want) {
				t.Errorf("long poll %v: saw %q, want %q", longPoll, seen, want)
			}
		})
	}
}

// behind answers each request with the next version, the last of which is final. One that is
// new is of another job.
type behind struct{ versions []string }

func (b *behind) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(b.versions) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	version, created, status := b.versions[0], "2026-01-01T00:00:00Z", jobstore.Pending
	if _, err := fmt.Sscanf(version, "new %s", &version); err == nil {
		created = "2026-02-02T00:00:00Z"
	}
	if b.versions = b.versions[1:]; len(b.versions) == 0 {
		created, status = "2026-02-02T00:00:00Z", jobstore.Complete
	}
	view := fmt.Sprintf(`{"id":"1","status":%q,"createdAt":%q,"version":%q}`, status, created, version)
	w.Header().Set("ETag", `"`+version+`"`)
	if r.URL.Path == "/1/events" {
		w.Header().Set("Content-Type", "text/event-stream")
		view = "id: " + version + "\ndata: " + view + "\n\n"
	}
	_, _ = w.Write([]byte(view))
}

// TestTheAnswerIsAboutTheJob that was asked for, whatever a cache on the way has: another
// job is not shown, and a cancel of it does not count.
func TestTheAnswerIsAboutTheJob(t *testing.T) {
	for _, longPoll := range []bool{false, true} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			(&behind{versions: []string{"3"}}).ServeHTTP(w, httptest.NewRequest(r.Method, strings.Replace(r.URL.Path, "2", "1", 1), nil))
		})
		c := client(h, func(o *jobclient.Options) { o.LongPoll = longPoll })
		for op, call := range map[string]func(context.Context, string) (jobhttp.View[string], error){"get": c.Get, "cancel": c.Cancel, "watch": c.Wait} {
			got, err := call(t.Context(), "2")
			if failed, ok := errors.AsType[*jobclient.Error](err); !ok || failed.Op != op || failed.ID != "2" || got.ID != "" {
				t.Errorf("%s: %+v, %v", op, got, err)
			}
		}
	}
}
