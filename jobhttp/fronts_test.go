package jobhttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// door is an API with jobs behind one of the front doors.
type door struct {
	jobs     *memstore.Store[string, string]
	tokens   jobhttp.ReadTokens
	url      string
	buffered bool // so that clients poll
}

// doors are the ways in which an API is served.
var doors = map[string]func(t *testing.T, api http.Handler) (url string, buffered bool){
	"net/http":      func(t *testing.T, api http.Handler) (string, bool) { return fronttest.Serve(t, api), false },
	"function URL":  streamed("function URL"),
	"REST API":      streamed("REST API"),
	"HTTP API":      buffered("HTTP API"),
	"load balancer": buffered("load balancer"),
}

func streamed(name string) func(*testing.T, http.Handler) (string, bool) {
	return func(t *testing.T, api http.Handler) (string, bool) {
		return fronttest.Streams[name].Deploy(t, lambdahttp.Stream(api)), false
	}
}

func buffered(name string) func(*testing.T, http.Handler) (string, bool) {
	return func(t *testing.T, api http.Handler) (string, bool) {
		return fronttest.Fronts[name].Deploy(t, lambdahttp.Wrap(api)), true
	}
}

// eachDoor runs a test behind each of them.
func eachDoor(t *testing.T, test func(*testing.T, *door)) {
	for name, open := range doors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &door{jobs: memstore.New[string, string](), tokens: readTokens(t, name, newKey)}
			d.url, d.buffered = open(t, jobhttp.New(d.jobs, jobhttp.OwnJobs[string, string](user), quick, func(o *jobhttp.Options) { o.ReadTokens = d.tokens }))
			test(t, d)
		})
	}
}

// send sends a request of a user, or of none.
func (d *door) send(t *testing.T, user, method, path, body string, header ...string) fronttest.Response {
	t.Helper()
	h := http.Header{}
	if user != "" {
		h.Set("User", user)
	}
	if body != "" {
		h.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return fronttest.Send(t, d.url+path, method, h, []byte(body))
}

func (d *door) client(t *testing.T, user string) *jobclient.Client[string, string] {
	t.Helper()
	c, err := jobclient.New[string, string](d.url, func(o *jobclient.Options) {
		o.LongPoll = d.buffered
		o.Authorize = func(r *http.Request) error {
			r.Header.Set("User", user)
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func viewIn(t *testing.T, r fronttest.Response) (v jobhttp.View[string]) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), &v); err != nil {
		t.Fatalf("%d %s: %v", r.Status, r.Body, err)
	}
	return v
}

// refused checks the status and the problem details of an answer.
func refused(t *testing.T, what string, got fronttest.Response, want int) {
	t.Helper()
	var problem struct{ Status int }
	if err := json.Unmarshal([]byte(got.Body), &problem); err != nil || got.Status != want || problem.Status != want || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %d %v %s, want the problem %d", what, got.Status, got.Header, got.Body, want)
	}
}

// TestRequestsBehindEachDoor are answered the same.
func TestRequestsBehindEachDoor(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *door) {
		created := d.send(t, "ann", "POST", "/", `"q"`, "Idempotency-Key", "k")
		id := viewIn(t, created).ID
		if created.Status != 202 || created.Header.Get("Location") != "./"+id || created.Header.Get("Retry-After") == "" {
			t.Errorf("create: %d %v", created.Status, created.Header)
		}
		if again := d.send(t, "ann", "POST", "/", `"q"`, "Idempotency-Key", "k"); again.Status != 202 || viewIn(t, again).ID != id {
			t.Errorf("repeat: %d %s", again.Status, again.Body)
		}
		refused(t, "another input", d.send(t, "ann", "POST", "/", `"other"`, "Idempotency-Key", "k"), 422)
		refused(t, "no type", d.send(t, "ann", "POST", "/", ""), 415)
		refused(t, "no JSON", d.send(t, "ann", "POST", "/", "{"), 400)

		got := d.send(t, "ann", "GET", "/"+id, "")
		if got.Status != 200 || viewIn(t, got).ID != id || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("get: %d %v %s", got.Status, got.Header, got.Body)
		}
		if known := d.send(t, "ann", "GET", "/"+id, "", "If-None-Match", got.Header.Get("ETag")); known.Status != 304 || known.Body != "" {
			t.Errorf("known: %d %s", known.Status, known.Body)
		}
		for _, request := range [][2]string{{"GET", ""}, {"GET", "/events"}, {"DELETE", ""}, {"POST", "/token"}} {
			refused(t, "of another: "+request[0]+request[1], d.send(t, "bob", request[0], "/"+id+request[1], ""), 404)
			refused(t, "of nobody: "+request[0]+request[1], d.send(t, "", request[0], "/"+id+request[1], ""), 401)
		}
		if got := d.send(t, "", "GET", "/"+id+"?token="+issueOf(t, d.tokens, d.jobs, id), ""); got.Status != 200 {
			t.Errorf("by a token: %d %s", got.Status, got.Body)
		}
		if got := d.send(t, "", "GET", "/"+id, "", "Authorization", "Bearer "+issueOf(t, d.tokens, d.jobs, id)); got.Status != 200 {
			t.Errorf("by a token in a header: %d %s", got.Status, got.Body)
		}
		for range 2 {
			if canceled := d.send(t, "ann", "DELETE", "/"+id, ""); canceled.Status != 200 || !viewIn(t, canceled).Canceled {
				t.Errorf("cancel: %d %s", canceled.Status, canceled.Body)
			}
		}
		end := d.send(t, "ann", "GET", "/"+id+"/events", "")
		_, rest, _ := strings.Cut(end.Body, "id: ")
		last, _, _ := strings.Cut(rest, "\n")
		if end.Status != 200 || !strings.Contains(end.Body, `"canceled":true`) {
			t.Errorf("the end: %d %s", end.Status, end.Body)
		}
		if again := d.send(t, "ann", "GET", "/"+id+"/events", "", "Last-Event-ID", last); again.Status != 204 || again.Body != "" {
			t.Errorf("after the end: %d %s", again.Status, again.Body)
		}
	})
}

// TestWaitsAndListsBehindEachDoor: long polls end with a change, or with the time.
func TestWaitsAndListsBehindEachDoor(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *door) {
		var ids []string
		for range 3 {
			ids = append(ids, viewIn(t, d.send(t, "ann", "POST", "/", `"q"`)).ID)
		}
		id := ids[0]
		known := d.send(t, "ann", "GET", "/"+id, "").Header.Get("ETag")
		if same := d.send(t, "ann", "GET", "/"+id+"?wait=10ms", "", "If-None-Match", known); same.Status != 304 {
			t.Errorf("nothing changes: %d %s", same.Status, same.Body)
		}
		if open := d.send(t, "ann", "GET", "/"+id+"?wait=10ms", ""); open.Status != 200 || viewIn(t, open).Status != jobstore.Pending {
			t.Errorf("not finished: %d %s", open.Status, open.Body)
		}
		refused(t, "a wait that is none", d.send(t, "ann", "GET", "/"+id+"?wait=x", ""), 400)
		refused(t, "a wait of another", d.send(t, "bob", "GET", "/"+id+"?wait=20s", ""), 404)
		go func() { _, _ = jobstore.Cancel(t.Context(), d.jobs, id, "enough") }()
		if ended := d.send(t, "ann", "GET", "/"+id+"?wait=20s", ""); ended.Status != 200 || !viewIn(t, ended).Canceled {
			t.Errorf("the end: %d %s", ended.Status, ended.Body)
		}
		if next := d.send(t, "ann", "GET", "/"+id+"?wait=20s", "", "If-None-Match", known); next.Status != 200 || !viewIn(t, next).Canceled {
			t.Errorf("a change: %d %s", next.Status, next.Body)
		}

		var listed []string
		for job, err := range d.client(t, "ann").List(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, job.ID)
		}
		slices.Sort(ids)
		slices.Sort(listed)
		if !slices.Equal(ids, listed) {
			t.Errorf("listed %q, want %q", listed, ids)
		}
		for cursor, read := "", 0; ; read++ {
			var page struct {
				Jobs []jobhttp.View[string]
				Next string
			}
			got := d.send(t, "ann", "GET", "/?limit=1&cursor="+url.QueryEscape(cursor), "")
			if err := json.Unmarshal([]byte(got.Body), &page); err != nil || got.Status != 200 || len(page.Jobs) != 1 {
				t.Fatalf("page %d: %d %s", read, got.Status, got.Body)
			}
			if cursor = page.Next; cursor == "" {
				if read != 2 {
					t.Errorf("%d pages", read+1)
				}
				break
			}
		}
		if got := d.send(t, "bob", "GET", "/", ""); got.Status != 200 || strings.TrimSpace(got.Body) != `{"jobs":[]}` {
			t.Errorf("bob's list: %d %s", got.Status, got.Body)
		}
		refused(t, "nobody's list", d.send(t, "", "GET", "/", ""), 401)
		refused(t, "a list by a token", d.send(t, "", "GET", "/?token="+issueOf(t, d.tokens, d.jobs, id), ""), 401)
	})
}

// TestClientBehindEachDoor watches a job to its end, by events or by long polls.
func TestClientBehindEachDoor(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *door) {
		ann := d.client(t, "ann")
		created, err := ann.Create(t.Context(), "q")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.client(t, "bob").Wait(t.Context(), created.ID); !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("another waits: %v", err)
		}
		go func() {
			_ = jobstore.Run(t.Context(), d.jobs, created.ID, func(ctx context.Context, _ *job) (string, error) {
				return "done", jobstore.Report(ctx, 40, "on it")
			})
		}()
		var seen []jobstore.Status
		var last jobhttp.View[string]
		for job, err := range ann.Watch(t.Context(), created.ID) {
			if err != nil {
				t.Fatal(err)
			}
			last, seen = job, append(seen, job.Status)
		}
		if last.Output == nil || *last.Output != "done" || !slices.IsSortedFunc(seen, order) {
			t.Errorf("saw %v, and in the end %+v", seen, last)
		}
		if again, err := ann.Wait(t.Context(), created.ID); err != nil || again.Version != last.Version {
			t.Errorf("waited again: %+v, %v", again, err)
		}
		refused(t, "cancel", d.send(t, "ann", "DELETE", "/"+created.ID, ""), 409)
	})
}

func order(a, b jobstore.Status) int {
	all := []jobstore.Status{jobstore.Pending, jobstore.Processing, jobstore.Complete}
	return slices.Index(all, a) - slices.Index(all, b)
}
