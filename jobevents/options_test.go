package jobevents_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func TestSegment(t *testing.T) {
	id, long := jobstore.NewID(), strings.Repeat("a", 50)
	hash := func(text string) string { return fmt.Sprintf("h-%x", sha256.Sum256([]byte(text)))[:50] }
	for text, want := range map[string]string{
		id: id, long: long, "a": "a", "A-1": "A-1", "7": "7", "h-1": "h-1",
		"": hash(""), "-a": hash("-a"), "a-": hash("a-"), "a/b": hash("a/b"), "*": hash("*"), "order#7": hash("order#7"),
		"é": hash("é"), "a\n": hash("a\n"), long + "a": hash(long + "a"), strings.Repeat("x", 2048): hash(strings.Repeat("x", 2048)),
		hash("order#7"):                  hash(hash("order#7")), // or it would be the channel of order#7
		strings.ToUpper(hash("order#7")): strings.ToUpper(hash("order#7")),
	} {
		if got := jobevents.Segment(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestByCaller publishes on a channel that has the caller's ID. No job without a caller
// is published.
func TestByCaller(t *testing.T) {
	f := newFixture(t, func(o *jobevents.Options) { o.Namespace, o.Channel = "jobs", jobevents.ByCaller })
	f.create("order#7")
	if _, err := f.jobs.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.ID = "nobodys" }); err != nil {
		t.Fatal(err)
	}
	f.invoke()
	if n := len(f.server.Events(jobevents.Path("jobs", "user-1", "order#7"))); n != 1 || f.server.Requests() != 1 {
		t.Errorf("%d events in %d requests, want 1", n, f.server.Requests())
	}
}

// TestSizes: an event that is too large says so, and has the rest.
func TestSizes(t *testing.T) {
	const most, slack = 240_000, 20 // a time takes a few bytes more or less
	f := newFixture(t)
	overhead := -1
	for _, tt := range []struct {
		id      string
		text    func(room int) string
		omitted bool
	}{
		{"empty", func(int) string { return "" }, false},
		{"fits", func(room int) string { return strings.Repeat("x", room-slack) }, false},
		{"over", func(room int) string { return strings.Repeat("x", room+slack) }, true},
		{"quotes", func(room int) string { return strings.Repeat(`"`, (room-slack)/4) }, false}, // which take four bytes each
		{"more", func(room int) string { return strings.Repeat(`"`, (room+slack)/4) }, true},
		{"tags", func(room int) string { return strings.Repeat("<", room/4) }, false}, // which JSON may write in six bytes
	} {
		id := tt.id + strings.Repeat("-", 10-len(tt.id)) + "1"
		f.create(id)
		f.complete(id, tt.text(overhead))
		f.invoke()
		events := f.server.Events("/jobs/" + id)
		if len(events) != 1 {
			t.Fatalf("%s: %d events", id, len(events))
		}
		quoted, err := json.Marshal(string(events[0]))
		if err != nil {
			t.Fatal(err)
		}
		if overhead < 0 {
			overhead = most - len(quoted)
		}
		var e jobevents.Event[answer]
		if err := json.Unmarshal(events[0], &e); err != nil || e.Omitted != tt.omitted || (e.Output == nil) != tt.omitted || e.Status != jobstore.Complete {
			t.Errorf("%s: omitted %t, status %s, %v", id, e.Omitted, e.Status, err)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"https://abc.appsync-api.eu-west-1.amazonaws.com/event": true, "http://127.0.0.1:1/event": true, "https://api.example.com/event": true,
		"": false, "http://api.example.com/event": false, "https://user:hunter2@api.example.com/event": false, "https://api.example.com": false,
		"https://abc.appsync-api.eu-west-1.amazonaws.com/graphql": false, "wss://api.example.com/event": false, "https://api.example.com/event?a=hunter2": false,
	} {
		_, err := jobevents.New[string](endpoint, jobevents.APIKey("key"))
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for want, opt := range map[string]func(*jobevents.Options){
		`jobevents: New: Options.Namespace is "a/b", want`:    func(o *jobevents.Options) { o.Namespace = "a/b" },
		"jobevents: New: Options.Channel is nil":              func(o *jobevents.Options) { o.Channel = nil },
		"jobevents: New: Options.Layout has no name for ID":   func(o *jobevents.Options) { o.Layout = jobstore.Layout{} },
		"jobevents: New: Options.Concurrency is 0, want":      func(o *jobevents.Options) { o.Concurrency = 0 },
		"jobevents: New: Options.MaxEventBytes is 99, want":   func(o *jobevents.Options) { o.MaxEventBytes = 99 },
		"jobevents: New: Options.MaxEventBytes is 245761, wa": func(o *jobevents.Options) { o.MaxEventBytes = 240<<10 + 1 },
		"jobevents: New: Options.Logger is nil":               func(o *jobevents.Options) { o.Logger = nil },
		"jobevents: New: option 1 of 1 is nil":                nil,
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panicked with %s, want %s", got, want)
				}
			}()
			_, _ = jobevents.New[string]("https://api.example.com/event", jobevents.APIKey("key"), opt)
		}()
	}
	f := newFixture(t, func(o *jobevents.Options) { o.Channel = func(string, string) []string { return make([]string, 5) } })
	f.create("a")
	if _, err := f.p.Invoke(t.Context(), f.next()); err == nil || !strings.Contains(err.Error(), "Options.Channel returned 5 segments, want 1 to 4") {
		t.Errorf("%v", err)
	}
}
