package examples_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/internal/child"
	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

const frontEnd = "publishevents/frontend"

// onSubscribe runs the handler of the template under Node.js.
func onSubscribe(t *testing.T) func(user string, segments []string) error {
	t.Helper()
	template, err := os.ReadFile("publishevents/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(template), "CodeHandlers: |\n")
	code, _, _ = strings.Cut(code, "\nOutputs:")
	run := handler(t, code)
	return func(user string, segments []string) error {
		if user == "" {
			return run(nil, segments)
		}
		return run(map[string]any{"sub": user, "username": "user-1"}, segments) // a name that all may have chosen
	}
}

// TestPublishedEvents runs a job in DynamoDB. The built function publishes what GET shows.
func TestPublishedEvents(t *testing.T) {
	api, d := eventstest.Start(t), deploy(t)
	jobs, err := dynamostore.New[string, string](d.client, table)
	if err != nil {
		t.Fatal(err)
	}
	role := setup.Must(api.Publisher().Credentials.Retrieve(t.Context()))
	d.mapped("publishevents", setup.Must(jobevents.New[string](api.URL, jobevents.APIKey("key"))), "EVENTS_ENDPOINT="+api.URL, "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID="+role.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+role.SecretAccessKey, "AWS_SESSION_TOKEN="+role.SessionToken)
	job, err := jobs.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.Caller = "user-1" })
	if err != nil {
		t.Fatal(err)
	}
	if err := jobstore.Run(t.Context(), jobs, job.ID, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		return "42", jobstore.Report(ctx, 60, "half of it")
	}); err != nil {
		t.Fatal(err)
	}
	if job, err = jobs.Get(t.Context(), job.ID); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(jobhttp.ViewOf(job))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		events := api.Events(jobevents.Path("jobs", "user-1", job.ID))
		if n := len(events); n > 0 && string(events[n-1]) == string(want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("published %s, want %s\n%s", events, want, d.local.Trace())
		}
	}
}

// TestSubscribers: users see the channels of their own jobs, and no other.
func TestSubscribers(t *testing.T) {
	handler, hash := onSubscribe(t), jobevents.Segment("user@example.com") // a user may have that for a name
	for _, tt := range []struct {
		user    string
		channel string
		allowed bool
	}{
		{"user-1", "jobs/user-1/a", true},
		{"user-1", "jobs/user-1/*", true},
		{"user-1", "jobs/user-2/a", false},
		{"user-1", "jobs/user-2/*", false},
		{"user-1", "jobs/*", false},
		{"user-1", "jobs/user-1", false},
		{"user-1", "jobs/*/a", false},
		{"user-1", "jobs/user-1/a/b", false},
		{"user-1", "jobs/user-10/a", false},
		{"user-10", "jobs/user-1/a", false},
		{"user-1", "jobs/USER-1/a", false},
		{"", "jobs/user-1/a", false},
		{hash, "jobs/" + hash + "/a", false},
		{hash, "jobs/" + hash + "/*", false},
		{"", "jobs/undefined/a", false},
	} {
		if err := handler(tt.user, strings.Split(tt.channel, "/")); (err == nil) != tt.allowed {
			t.Errorf("%q on %s: %v", tt.user, tt.channel, err)
		}
	}
}

// page is a front end that watches a job, and what it is connected to.
type page struct {
	*testing.T
	events *eventstest.Server
	jobs   *memstore.Store[string, string]
	url    string // of the API
	gets   atomic.Int32
}

func newPage(t *testing.T) *page {
	t.Helper()
	if _, err := os.Stat(filepath.Join(frontEnd, "node_modules/.installed")); err != nil {
		testenv.Check(t, testenv.Missing("Amplify's client for AppSync Events"))
	}
	p := &page{T: t, events: eventstest.Start(t), jobs: memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })}
	p.events.OnSubscribe = onSubscribe(t)
	api := jobhttp.New(p.jobs, jobhttp.AllowAll[string, string])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.gets.Add(1)
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL + "/"
	publisher := setup.Must(jobevents.New[string](p.events.URL, jobevents.IAM(p.events.Publisher()), func(o *jobevents.Options) { o.Channel = jobevents.ByCaller }))
	ended := make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		p.stream(ctx, publisher)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return p
}

// stream hands each change to the publisher, as the mapping does.
func (p *page) stream(ctx context.Context, publisher *jobevents.Publisher) {
	for after := 0; ; {
		at := ""
		if after > 0 {
			at = fmt.Sprint(after)
		}
		records, err := p.jobs.Changes(ctx, at, 1)
		if err != nil {
			return
		}
		after += len(records)
		out, err := publisher.Invoke(ctx, fmt.Appendf(nil, `{"Records":[%s]}`, records[0]))
		if ctx.Err() == nil && (err != nil || string(out) != `{"batchItemFailures":[]}`) {
			p.Errorf("%s, %v", out, err)
		}
	}
}

// watch runs the front end as a user, and returns what it prints.
func (p *page) watch(user, channel, id string) <-chan map[string]any {
	p.Helper()
	cmd := exec.Command("node", "try.mjs", channel)
	cmd.Dir = frontEnd
	cmd.Env = append(cmd.Environ(), "EVENTS_ENDPOINT="+p.events.URL, "TOKEN="+user, "JOB_URL="+p.url+id)
	cmd.Stderr = p.Output()
	out, in, err := os.Pipe() // a StdoutPipe is closed at the end, with what is unread
	if err != nil {
		p.Fatal(err)
	}
	cmd.Stdout = in
	_, err = child.Start(cmd)
	in.Close()
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { child.Kill(cmd) })
	lines := make(chan map[string]any, 100)
	go func() {
		defer close(lines)
		defer out.Close()
		s := bufio.NewScanner(out)
		for s.Buffer(nil, 1<<20); s.Scan(); {
			var line map[string]any
			if err := json.Unmarshal(s.Bytes(), &line); err != nil {
				line = map[string]any{"error": err.Error()}
			}
			lines <- line
		}
	}()
	return lines
}

// shows waits for a line that has a member of this value. The last one says that the watch has
// left nothing behind on the page's signal.
func (p *page) shows(lines <-chan map[string]any, member string, want any) map[string]any {
	p.Helper()
	select {
	case line, ok := <-lines:
		if ok && line[member] == want {
			if n, last := line["listeners"]; last && n != 0.0 {
				p.Errorf("the page's signal is left with %v listeners", n)
			}
			return line
		}
		p.Fatalf("got %.300v, want %s to be %v", line, member, want)
	case <-time.After(time.Minute):
		p.Fatalf("nothing is shown, want %s to be %v", member, want)
	}
	return nil
}

func (p *page) subscribed(channel string, want int) {
	p.Helper()
	for deadline := time.After(time.Minute); ; {
		n, changed := p.events.Subscribers(channel)
		if n == want {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			p.Fatalf("%d subscribers, want %d", n, want)
		}
	}
}

func (p *page) create(id string) {
	p.Helper()
	if _, err := p.jobs.Create(p.Context(), "why?", func(o *jobstore.CreateOptions) { o.ID, o.Caller = id, "user-1" }); err != nil {
		p.Fatal(err)
	}
}

func (p *page) claim(id string) *jobstore.Job[string, string] {
	p.Helper()
	job, err := p.jobs.Claim(p.Context(), id, jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Hour)})
	if err != nil {
		p.Fatal(err)
	}
	return job
}

// TestWatchJob follows a job with Amplify's client. Its socket is cut, events come late,
// and the output is too large to publish.
func TestWatchJob(t *testing.T) {
	p := newPage(t)
	id := jobstore.NewID()
	p.create(id)
	channel := jobevents.Path("jobs", "user-1", id)
	lines := p.watch("user-1", `["user-1","`+id+`"]`, id)
	p.shows(lines, "status", "pending")
	job := p.claim(id)
	p.shows(lines, "status", "processing")
	report := func(seq, percent int) {
		if err := p.jobs.Report(t.Context(), job.Claim(), jobstore.Heartbeat{Seq: seq, Progress: &jobstore.Progress{Percent: percent}, Partial: "up"}); err != nil {
			t.Fatal(err)
		}
	}
	report(1, 60)
	if line := p.shows(lines, "progress", 60.0); line["output"] != "up" {
		t.Errorf("the output so far is %v", line["output"])
	}

	p.events.Cut()
	report(2, 70) // has no subscriber
	p.shows(lines, "progress", 70.0)
	p.subscribed(channel, 1)

	for _, late := range p.events.Events(channel) { // which are shown no more
		body, err := json.Marshal(map[string]any{"channel": channel, "events": []string{string(late)}})
		if err != nil {
			t.Fatal(err)
		}
		p.events.Take(httptest.NewRecorder(), body)
	}
	large := strings.Repeat("x", 250_000)
	if err := p.jobs.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: large}); err != nil {
		t.Fatal(err)
	}
	if line := p.shows(lines, "status", "complete"); line["output"] != large {
		t.Errorf("got %.100v", line["output"])
	}
	p.shows(lines, "last", "complete")
}

// TestTheLargestEvent reaches Amplify's client without a GET.
func TestTheLargestEvent(t *testing.T) {
	p := newPage(t)
	p.create("order#7")
	channel := jobevents.Path("jobs", "user-1", "order#7")
	lines := p.watch("user-1", `["user-1","order#7"]`, "order%237")
	p.shows(lines, "status", "pending")
	job := p.claim("order#7")
	p.shows(lines, "status", "processing")
	gets := p.gets.Load()
	events := p.events.Events(channel)
	room := 240_000 - len(events[len(events)-1]) - 100 // quotes and the output's name
	output := strings.Repeat("x", room)
	if err := p.jobs.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: output}); err != nil {
		t.Fatal(err)
	}
	if line := p.shows(lines, "status", "complete"); line["output"] != output || p.gets.Load() != gets {
		t.Errorf("%.100v after %d GETs", line, p.gets.Load()-gets)
	}
	if line := p.shows(lines, "last", "complete"); line["channel"] != channel {
		t.Errorf("the browser has the channel %v, want %s", line["channel"], channel)
	}
}

// TestDeniedChannels: no user sees the jobs of another, by a wildcard neither.
func TestDeniedChannels(t *testing.T) {
	p := newPage(t)
	p.create("a")
	for _, channel := range []string{"/jobs/user-1/a", "/jobs/user-1/*", "/jobs/*"} {
		select {
		case line := <-p.watch("user-2", channel, "a"):
			if message, _ := line["error"].(string); !strings.Contains(message, "Unauthorized") || line["listeners"] != 0.0 {
				t.Errorf("%s: got %v", channel, line)
			}
		case <-time.After(time.Minute):
			t.Fatal(errors.New("the front end shows nothing"))
		}
	}
	if n, _ := p.events.Subscribers("/jobs/user-1/a"); n != 0 {
		t.Errorf("%d subscribers", n)
	}
}
