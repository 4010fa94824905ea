package jobclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// always answers with this body.
func always(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

// TestAnswersHaveALimit, also the events of a watch, and are not asked for again.
func TestAnswersHaveALimit(t *testing.T) {
	small := func(o *jobclient.Options) { o.MaxAnswer = 1000 }
	long := strings.Repeat("x", 1000)
	for name, tt := range map[string]struct {
		h    http.Handler
		want string
	}{
		"an answer":        {always("application/json", `{"id":"`+long+`"}`), "longer than 1000 bytes"},
		"another type":     {always("application/json", `{"output":7}`), "not JSON of the right type"},
		"no JSON":          {always("application/json", `<html>`), "not JSON of the right type"},
		"an event":         {always("text/event-stream", "data: {}"+long+"\n\n"), "longer than 1000 bytes"},
		"an event's lines": {always("text/event-stream", strings.Repeat("data: xxxxxxx\n", 1000)), "longer than 1000 bytes"},
		"event's type":     {always("text/event-stream", "data: {\"output\":7}\n\n"), "not JSON of the right type"},
		"endless events":   {always("text/event-stream", strings.Repeat(":\n\n", 1000)+"data: "+long+"\n"), "longer than 1000 bytes"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := client(tt.h, small)
			call := c.Get
			if strings.Contains(name, "event") {
				call = c.Wait
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a watch would read on
			defer cancel()
			if _, err := call(ctx, "1"); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "xx") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestInputWithPointerMethods is sent as such a method encodes it.
func TestInputWithPointerMethods(t *testing.T) {
	type order struct{ Total big.Int }
	var sent string
	c, err := jobclient.New[order, string]("https://api.example", func(o *jobclient.Options) {
		o.HTTPClient = &http.Client{Transport: direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			_, _ = w.Write([]byte(`{"id":"1","status":"pending"}`))
		})}}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), order{*big.NewInt(7)}); err != nil || sent != `{"Total":7}` {
		t.Errorf("sent %s, %v", sent, err)
	}
}

// TestLargestLimit of all.
func TestLargestLimit(t *testing.T) {
	c := client(always("application/json", `{"id":"1","status":"pending"}`), func(o *jobclient.Options) { o.MaxAnswer = math.MaxInt64 })
	if job, err := c.Get(t.Context(), "1"); err != nil || job.ID != "1" {
		t.Errorf("got %v and %v, want the job", job, err)
	}
}

// TestNoLongWait: a caller whose context has no end is not held by a Retry-After.
func TestNoLongWait(t *testing.T) {
	for wait, want := range map[string]int{"300": 2, "301": 1, "99999999999": 1, "99999999999999999999": 1, "Fri, 31 Dec 9999 23:59:59 GMT": 1} {
		synctest.Test(t, func(t *testing.T) {
			requests, began := 0, time.Now()
			c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.Header().Set("Retry-After", wait)
				w.WriteHeader(http.StatusServiceUnavailable)
			}), func(o *jobclient.Options) { o.Tries = 2 })
			_, err := c.Get(context.Background(), "1")
			if took := time.Since(began); err == nil || requests != want || took > 5*time.Minute {
				t.Errorf("%s: %d requests in %v: %v", wait, requests, took, err)
			}
		})
	}
}

// TestEachTryEnds, also when the answer does not.
func TestEachTryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("{"))
			<-release
		}), func(o *jobclient.Options) { o.Tries = 1 })
		began := time.Now()
		if _, err := c.Get(t.Context(), "1"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 30*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestNoRedirectIsFollowed, not even by a client that follows them.
func TestNoRedirectIsFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a watch would follow forever
			defer cancel()
			c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				http.Redirect(w, r, "/jobs/other", status)
			}), as("ann"), func(o *jobclient.Options) {
				o.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return nil } // is not used
			})
			for op, err := range map[string]error{
				"create": second(c.Create(ctx, "q")), "get": second(c.Get(ctx, "1")),
				"cancel": second(c.Cancel(ctx, "1")), "watch": second(c.Wait(ctx, "1")),
			} {
				if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("status %d: no redirect is followed", status)) {
					t.Errorf("%s: %v", op, err)
				}
			}
			if requests != 4 {
				t.Errorf("%d: %d requests", status, requests)
			}
		})
	}
}

// TestIDsStayInTheirPlace: an ID names a job under the URL, or is refused.
func TestIDsStayInTheirPlace(t *testing.T) {
	var seen []string
	c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.EscapedPath()+"?"+r.URL.RawQuery)
		w.WriteHeader(404)
	}))
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Get(t.Context(), id); !errors.Is(err, jobstore.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, id := range []string{"../admin", "a/b", "a?token=x", "a#b", "a%2Fb", "ü 1"} {
		if _, err := c.Get(t.Context(), id); !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if got := strings.Join(seen, " "); got != "/..%2Fadmin? /a%2Fb? /a%3Ftoken=x? /a%23b? /a%252Fb? /%C3%BC%201?" {
		t.Errorf("asked for %s", got)
	}
}

// TestAuthorizeFails before a request is sent, and is not asked again.
func TestAuthorizeFails(t *testing.T) {
	failure := errors.New("no session")
	asked := 0
	c := client(always("", ""), func(o *jobclient.Options) {
		o.Authorize = func(*http.Request) error { asked++; return failure }
	})
	if _, err := c.Wait(t.Context(), "1"); !errors.Is(err, failure) || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestNewRefuses(t *testing.T) {
	for address, want := range map[string]string{
		"":                           "jobclient: New: address is not a URL such as https://api.example/jobs",
		"api.example/jobs":           "jobclient: New: address is not a URL such as https://api.example/jobs",
		"ftp://api.example":          "jobclient: New: address is not a URL such as https://api.example/jobs",
		"http://api.example":         "jobclient: New: address is http, want https: only localhost and loopback addresses may do without",
		"https://a:secret@b.example": "jobclient: New: address has a user name or password, want neither",
		"https://api.example?a":      "jobclient: New: address has a query or a fragment, want neither",
		"https://api.example?":       "jobclient: New: address has a query or a fragment, want neither",
		"https://api.example#a":      "jobclient: New: address has a query or a fragment, want neither",
	} {
		if _, err := jobclient.New[string, string](address); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", address, err, want)
		}
	}
	for want, opt := range map[string]func(*jobclient.Options){
		"jobclient: New: Options.Timeout is 0s, want more than 0": func(o *jobclient.Options) { o.Timeout = 0 },
		"jobclient: New: Options.MaxAnswer is 0, want at least 1": func(o *jobclient.Options) { o.MaxAnswer = 0 },
		"jobclient: New: Options.Tries is 0, want at least 1":     func(o *jobclient.Options) { o.Tries = 0 },
		"jobclient: New: Options.HTTPClient is nil":               func(o *jobclient.Options) { o.HTTPClient = nil },
		"jobclient: New: option 1 of 1 is nil":                    nil,
	} {
		if got := panicOf(func() { _, _ = jobclient.New[string, string]("http://localhost:1", opt) }); got != want {
			t.Errorf("panicked with %q, want %q", got, want)
		}
	}
}

func panicOf(call func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	call()
	return ""
}

// TestList reads each page, and no more than is asked for.
func TestList(t *testing.T) {
	var queries []string
	c := client(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.RawQuery)
		next := map[string]string{"": `"next":"a b"`, "cursor=a+b": `"next":"c"`, "cursor=c": `"next":""`}[r.URL.RawQuery]
		_, _ = fmt.Fprintf(w, `{"jobs":[{"id":"%d","status":"pending"},{"id":"x","status":"pending"}],%s}`, len(queries), next)
	}))
	var ids []string
	for job, err := range c.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, job.ID)
	}
	if got := strings.Join(ids, " "); got != "1 x 2 x 3 x" {
		t.Errorf("listed %s", got)
	}
	for range c.List(t.Context()) {
		break
	}
	if len(queries) != 4 {
		t.Errorf("asked %q", queries)
	}
	c = client(always("application/json", "[]"))
	for _, err := range c.List(t.Context()) {
		if err == nil {
			t.Error("listed what is none")
		}
	}
}

// TestNothingPrintsTheHTTPClient, whose transport may hold credentials.
func TestNothingPrintsTheHTTPClient(t *testing.T) {
	c, err := jobclient.New[string, string]("https://api.example/jobs", func(o *jobclient.Options) {
		o.HTTPClient.Transport = withSecret{secret: "hidden"}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, c) + fmt.Sprintf(verb, *c); strings.Contains(got, "hidden") || !strings.Contains(got, "api.example") {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

type withSecret struct {
	http.RoundTripper
	secret string
}

// TestAListEnds, also one whose server always has another page, and no job.
func TestAListEnds(t *testing.T) {
	pages := 0
	c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		pages++
		_, _ = fmt.Fprintf(w, `{"jobs":[],"next":"%d"}`, pages)
	}))
	for _, err := range c.List(t.Context()) {
		if pages != 1000 || err == nil || !strings.Contains(err.Error(), "1000 pages in turn have no job") {
			t.Errorf("after %d pages: %v", pages, err)
		}
	}
	if pages == 0 {
		t.Error("nothing was asked")
	}
}

// TestASwitchedProtocolEnds: the connection is then the caller's, and no time limit ends it.
func TestASwitchedProtocolEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(switches))
	defer server.Close()
	c, err := jobclient.New[string, string](server.URL+"/jobs", func(o *jobclient.Options) { o.Tries = 1 })
	if err != nil {
		t.Fatal(err)
	}
	watching, cancel := context.WithTimeout(t.Context(), time.Second) // a watch tries again until then
	defer cancel()
	calls := map[string]func() error{
		"create": func() error { return second(c.Create(t.Context(), "q")) },
		"get":    func() error { return second(c.Get(t.Context(), "1")) },
		"watch":  func() error { return second(c.Wait(watching, "1")) },
	}
	for name, call := range calls {
		ended := make(chan error, 1)
		go func() { ended <- call() }()
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), "its answer is not HTTP") && name != "watch" {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: no end", name)
		}
	}
}

// switches answers with 101, and holds the connection until the client has left it.
func switches(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
	_, _ = io.Copy(io.Discard, c)
}

// mute has no JSON, and says so with what is in it.
type mute string

func (m mute) MarshalJSON() ([]byte, error) { return nil, errors.New("no JSON for " + string(m)) }

// TestEncodingErrorsHoldNoInput: the error of an input's own method is left out.
func TestEncodingErrorsHoldNoInput(t *testing.T) {
	c, err := jobclient.New[mute, string]("https://api.example/jobs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Create(t.Context(), "secret"); !errors.Is(err, jobstore.ErrInvalid) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}
