package crosscheck_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// browserLine is a line that nodejs/watch.mjs prints.
type browserLine struct {
	View, Last        *jobhttp.View[string]
	Failure, Rejected string
	Status            int
}

// page is a server with jobs, and a Node.js that watches one with the browser's client.
type page struct {
	jobs  *memstore.Store[string, string]
	lines chan browserLine
}

// newPage watches the job "1" through front, which may break what it is given.
func newPage(t *testing.T, options string, front func(api http.Handler) http.HandlerFunc) *page {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("this test needs Node.js: see CONTRIBUTING.md")
	}
	p := &page{memstore.New[string, string](), make(chan browserLine)}
	if _, err := p.jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /watch.js", jobhttp.WatchJS)
	api := jobhttp.New(p.jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.PollInterval = time.Millisecond })
	mux.Handle("/jobs/", http.StripPrefix("/jobs", front(api)))
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)

	cmd := exec.CommandContext(t.Context(), node, "nodejs/watch.mjs", server.URL+"/watch.js", server.URL+"/jobs/1", options)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read(out)
	t.Cleanup(func() {
		for range p.lines { // until it ends
		}
		_ = cmd.Wait() // it was stopped with the test
	})
	return p
}

func (p *page) read(out io.Reader) {
	defer close(p.lines)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var line browserLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			line.Rejected = err.Error() + ": " + lines.Text()
		}
		p.lines <- line
	}
}

func (p *page) next(t *testing.T) browserLine {
	t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			t.Fatal("the client has ended")
		}
		return line
	case <-time.After(30 * time.Second):
		t.Fatal("the client is silent")
		return browserLine{}
	}
}

// view returns the next view, and the number of failures before it.
func (p *page) view(t *testing.T) (v *jobhttp.View[string], failures int) {
	t.Helper()
	for ; ; failures++ {
		switch line := p.next(t); {
		case line.View != nil:
			return line.View, failures
		case line.Failure == "" || failures == 100:
			t.Fatalf("got %+v, want a view", line)
		}
	}
}

// run runs the job through the states that the client must see, each before the next.
func (p *page) run(t *testing.T, output string) {
	t.Helper()
	expect := func(status jobstore.Status, progress int) {
		t.Helper()
		if v, _ := p.view(t); v.Status != status || v.Progress != progress {
			t.Errorf("saw %s with %d %%, want %s with %d %%", v.Status, v.Progress, status, progress)
		}
	}
	expect(jobstore.Pending, 0)
	err := jobstore.Run(t.Context(), p.jobs, "1", func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		expect(jobstore.Processing, 0)
		for progress := 10; progress < 60; progress += 30 {
			if err := jobstore.Report(ctx, progress, strings.Repeat("ü", 400)); err != nil {
				return "", err
			}
			expect(jobstore.Processing, progress)
		}
		return output, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(jobstore.Complete, 40)
	if line := p.next(t); line.Last == nil || *line.Last.Output != output {
		t.Errorf("ended with %+v", line)
	}
}

func untouched(api http.Handler) http.HandlerFunc { return api.ServeHTTP }

// TestBrowserClientWatches each state once, to the end, by events and by polling.
func TestBrowserClientWatches(t *testing.T) {
	for _, options := range []string{`{}`, `{"poll":true}`} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			newPage(t, options, untouched).run(t, "answer: \n\n data: „ü“ \u2028")
		})
	}
}

// TestBrowserClientSurvivesCuts: each connection breaks after some bytes, mostly in the
// middle of an event, and the client still sees each state once.
func TestBrowserClientSurvivesCuts(t *testing.T) {
	for _, size := range []int{1400, 1901, 2602} { // an event has up to 1,200
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			p := newPage(t, `{}`, func(api http.Handler) http.HandlerFunc {
				var again atomic.Bool
				return func(w http.ResponseWriter, r *http.Request) {
					left := 50
					if again.Swap(true) {
						left = size
					}
					api.ServeHTTP(&cutter{w, left}, r)
				}
			})
			p.run(t, "done")
		})
	}
}

// cutter breaks the connection after so many bytes.
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
	c.ResponseWriter.Write(data[:c.left])
	http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// TestBrowserClientReadsSlowly: events in small pieces, in any form that the standard allows
// for events of one line.
//
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
func TestBrowserClientReadsSlowly(t *testing.T) {
	p := newPage(t, `{}`, func(http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			events := "retry:7\n\n: a: b\n\nid:1\r\ndata:{\"id\":\"1\",\"status\":\"pending\"}\r\n\r\ndata: {\"id\":\"1\",\"status\":\"complete\",\"error\":\"ü: \u2028„\"}\nid: 2\n\nmore"
			for i := range len(events) {
				_, _ = io.WriteString(w, events[i:i+1])
				_ = http.NewResponseController(w).Flush()
			}
		}
	})
	if v, _ := p.view(t); v.Status != jobstore.Pending {
		t.Errorf("saw %+v", v)
	}
	if v, failures := p.view(t); v.Status != jobstore.Complete || v.Error != "ü: \u2028„" || failures != 0 {
		t.Errorf("saw %+v", v)
	}
}

// TestBrowserClientTriesAgain when that can help, and tells what happened.
func TestBrowserClientTriesAgain(t *testing.T) {
	broken := []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) },
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/watch.js", http.StatusFound) },
		func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "data: {\n\n") },
	}
	for _, options := range []string{`{}`, `{"poll":true}`} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			p := newPage(t, options, func(api http.Handler) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					if n := int(requests.Add(1)); n <= len(broken) {
						broken[n-1](w, r)
						return
					}
					api.ServeHTTP(w, r)
				}
			})
			var statuses []int
			for range broken {
				line := p.next(t)
				if line.Failure == "" {
					t.Fatalf("got %+v, want a failure", line)
				}
				statuses = append(statuses, line.Status)
			}
			if got := fmt.Sprint(statuses); got != "[500 503 429 0 0 0]" {
				t.Errorf("told of %s", got)
			}
			p.run(t, "done")
		})
	}
}

// TestBrowserClientLeavesASilentServer, of which it would else never know.
func TestBrowserClientLeavesASilentServer(t *testing.T) {
	var again atomic.Bool
	p := newPage(t, `{"faster":100}`, func(api http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !again.Swap(true) {
				<-r.Context().Done()
				return
			}
			api.ServeHTTP(w, r)
		}
	})
	if line := p.next(t); line.Failure != "nothing was received for 45 s" {
		t.Errorf("got %+v", line)
	}
	p.view(t)
}

// TestBrowserClientGivesUp when another try cannot help.
func TestBrowserClientGivesUp(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			p := newPage(t, `{}`, func(http.Handler) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
			})
			if line := p.next(t); line.Rejected == "" || line.Status != status {
				t.Errorf("got %+v", line)
			}
		})
	}
}

// TestBrowserClientWantsAJob: an ID from outside is not to lead to another place.
func TestBrowserClientWantsAJob(t *testing.T) {
	for _, suffix := range []string{"?a=b", "#a", "/", "/.", "/..", "/.%2E", `\\a`, "?"} {
		t.Run(suffix, func(t *testing.T) {
			t.Parallel()
			p := newPage(t, `{"suffix":"`+suffix+`"}`, func(http.Handler) http.HandlerFunc {
				return func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked for %s", r.URL) }
			})
			if line := p.next(t); line.Rejected != "the URL is not that of a job" {
				t.Errorf("got %+v", line)
			}
		})
	}
}

// TestBrowserClientStops when it is told to, also while it waits, and passes on the
// errors of the page.
func TestBrowserClientStops(t *testing.T) {
	p := newPage(t, `{"abortAfter":1}`, untouched)
	p.view(t)
	if line := p.next(t); line.Rejected != "enough" {
		t.Errorf("aborted while it reads: %+v", line)
	}
	p = newPage(t, `{"failIn":"onChange"}`, untouched)
	p.view(t)
	if line := p.next(t); line.Rejected != "the page failed" {
		t.Errorf("the page fails: %+v", line)
	}
	p = newPage(t, `{"failIn":"onError"}`, func(http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
		}
	})
	p.next(t)
	if line := p.next(t); line.Rejected != "enough" {
		t.Errorf("aborted while it waits: %+v", line)
	}
}

// TestBrowserClientSendsHeaders, newly made for each connection.
func TestBrowserClientSendsHeaders(t *testing.T) {
	var counts []string
	p := newPage(t, `{"headers":{"User":"ann"},"counted":true}`, func(api http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			counts = append(counts, r.Header.Get("User")+r.Header.Get("X-Count"))
			api.ServeHTTP(&cutter{w, 1500 * (len(counts) - 1)}, r)
		}
	})
	p.run(t, "done")
	if got := strings.Join(counts, " "); !strings.HasPrefix(got, "ann1 ann2 ann3") {
		t.Errorf("sent %s", got)
	}
}

// TestBrowserClientOfAFinishedJob gets its one view.
func TestBrowserClientOfAFinishedJob(t *testing.T) {
	var once atomic.Bool
	var p *page
	ready := make(chan struct{})
	p = newPage(t, `{}`, func(api http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			<-ready
			if once.Swap(true) {
				w.WriteHeader(http.StatusTeapot)
			}
			api.ServeHTTP(w, r)
		}
	})
	if _, err := jobstore.Cancel(t.Context(), p.jobs, "1", "enough"); err != nil {
		t.Fatal(err)
	}
	close(ready)
	if v, failures := p.view(t); !v.Canceled || failures != 0 {
		t.Errorf("saw %+v after %d failures", v, failures)
	}
	if line := p.next(t); line.Last == nil || !line.Last.Canceled {
		t.Errorf("ended with %+v", line)
	}
}

// TestBrowserClientRefusesWhatIsNoJob, such as the answer of a front on the way.
func TestBrowserClientRefusesWhatIsNoJob(t *testing.T) {
	for body, want := range map[string]string{`{}`: "id", `null`: "id", `{"message":"ok"}`: "id", `{"id":"1"}`: "status"} {
		for _, options := range []string{`{}`, `{"poll":true}`} {
			t.Run(body+options, func(t *testing.T) {
				t.Parallel()
				p := newPage(t, options, func(http.Handler) http.HandlerFunc {
					return func(w http.ResponseWriter, _ *http.Request) {
						if options == `{}` {
							w.Header().Set("Content-Type", "text/event-stream")
							_, _ = io.WriteString(w, "data: "+body+"\n\n")
							return
						}
						_, _ = io.WriteString(w, body)
					}
				})
				if line := p.next(t); line.Rejected != "the answer has no "+want+" of a job" {
					t.Errorf("got %+v", line)
				}
			})
		}
	}
}
