package jobhttp_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestWatchersAreBounded: by job and in all, and one that leaves makes room.
func TestWatchersAreBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		bound  func(*jobhttp.Options)
		status int
	}{
		"of a job": {func(o *jobhttp.Options) { o.MaxJobWatchers = 3 }, 429},
		"in all":   {func(o *jobhttp.Options) { o.MaxWatchers = 3 }, 503},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := watched(t, tt.bound)
			ctx, leave := context.WithCancel(t.Context())
			w.watch(ctx, 2, "/events")
			w.watch(ctx, 1, "?wait=20s")
			for _, path := range []string{"/events", "?wait=20s"} {
				got := call(t, w.handler, "GET", "/"+w.id+path, "")
				if got.Code != tt.status || got.Header().Get("Retry-After") == "" || got.Header().Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s: one more by %s: %d %v", name, path, got.Code, got.Header())
				}
			}
			if got := call(t, w.handler, "GET", "/"+w.id, ""); got.Code != 200 {
				t.Errorf("%s: a read: %d", name, got.Code)
			}
			leave()
			w.wg.Wait()
			again, leave := context.WithCancel(t.Context())
			if got := w.watch(again, 3, "/events"); got[0].Code != 200 || got[1].Code != 200 || got[2].Code != 200 {
				t.Errorf("%s: no room after they left", name)
			}
			leave()
			w.wg.Wait()
		})
	}
}

// TestOthersDoNotLearnOfTheBound: a caller who may not see a job gets 404, however many
// watch it.
func TestOthersDoNotLearnOfTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.MaxJobWatchers = 1 })
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() {
			defer close(done)
			r := httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil)
			r.Header.Set("User", "ann")
			h.ServeHTTP(httptest.NewRecorder(), r)
		}()
		synctest.Wait()
		for user, want := range map[string]int{"ann": 429, "bob": 404} {
			for _, path := range []string{"/events", "?wait=1s"} {
				if got := call(t, h, "GET", "/"+id+path, "", "User", user); got.Code != want {
					t.Errorf("%s by %s: %d, want %d", user, path, got.Code, want)
				}
			}
		}
		leave()
		<-done
	})
}

// narrow is a listener whose connections hold little that is not read.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(4096)
	}
	return c, err
}

// TestReadersThatNeverReadHoldNothing when the job has ended: their handlers have returned
// and their views are gone. It takes the time of a write, 10 seconds.
func TestReadersThatNeverReadHoldNothing(t *testing.T) {
	t.Parallel()
	const readers = 40
	var active, begun atomic.Int64
	jobs := memstore.New[string, string]()
	api := jobhttp.New(jobs, jobhttp.AllowAll, quick)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun.Add(1)
		active.Add(1)
		defer active.Add(-1)
		api.ServeHTTP(w, r)
	}))
	server.Listener = narrow{server.Listener}
	server.Start()
	defer server.Close()
	created, err := jobs.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	for i := range readers {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(4096)
		path := []string{"/events", "?wait=20s"}[i%2]
		fmt.Fprintf(conn, "GET /%s%s HTTP/1.1\r\nHost: x\r\n\r\n", created.ID, path)
	}
	eventually(t, 30*time.Second, func() bool { return begun.Load() == readers })
	err = jobstore.Run(t.Context(), jobs, created.ID, func(context.Context, *job) (string, error) { return strings.Repeat("x", 390_000), nil })
	if err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	eventually(t, 30*time.Second, func() bool { return active.Load() == 0 })
	t.Logf("%d handlers returned %v after the end", readers, time.Since(ended))
}

func eventually(t testing.TB, limit time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("not within %v", limit)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// TestWhatAViewShows: input, metadata and history only where an option says so.
func TestWhatAViewShows(t *testing.T) {
	members := map[string]func(*jobhttp.Options){
		`"input":"q"`:                 func(o *jobhttp.Options) { o.ShowInput = true },
		`"metadata":{"page":"sales"}`: func(o *jobhttp.Options) { o.ShowMetadata = true },
		`"history":[{"at":"`:          func(o *jobhttp.Options) { o.ShowHistory = true },
		`"id":"1"`:                    func(*jobhttp.Options) {},
	}
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.History = true })
	_, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Metadata = "1", map[string]any{"page": "sales"} })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Cancel(t.Context(), "1", "enough"); err != nil {
		t.Fatal(err)
	}
	for asked, option := range members {
		h := jobhttp.New(jobs, jobhttp.AllowAll, option)
		for _, path := range []string{"/1", "/1?wait=1s", "/1/events"} {
			got := call(t, h, "GET", path, "").Body.String()
			for member := range members {
				if want := member == asked || member == `"id":"1"`; strings.Contains(got, member) != want {
					t.Errorf("GET %s, asked for %s: %s", path, asked, got)
				}
			}
		}
	}
}
