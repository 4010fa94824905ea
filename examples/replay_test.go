package examples_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestSlackReplays sends one signed message five times at once to the built programs,
// with the numbers of other tries. One reply is posted, and the next message gets its own.
func TestSlackReplays(t *testing.T) {
	d := deploy(t)
	claude := server(t, func() string { return `{"claude_response":"42"}` })
	posted := make(chan string, 100)
	slack := server(t, func() string { return `{"ok":true}` }, func(body string) { posted <- body })
	d.functionOf("slackwebhook", "slackanswer", "CLAUDE_URL="+claude, "SLACK_API_URL="+slack)
	front := httptest.NewServer(d.function("slackwebhook", "WORK_FUNCTION=slackanswer").URL())
	defer front.Close()

	message := func(id string) string {
		return `{"type":"event_callback","event_id":"` + id + `","event":{"type":"app_mention","text":"why?","channel":"C1","ts":"` + id + `"}}`
	}
	captured := http.Request{Header: http.Header{}}
	sign(t, message("Ev1"))(&captured)
	var copies sync.WaitGroup
	for n := range 5 {
		copies.Go(func() {
			status := post(t, front.URL, message("Ev1"), func(r *http.Request) {
				r.Header = captured.Header.Clone()
				r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(n))
			})
			if status != http.StatusOK {
				t.Errorf("copy %d got %d", n, status)
			}
		})
	}
	copies.Wait()
	if status := post(t, front.URL, message("Ev2"), sign(t, message("Ev2"))); status != http.StatusOK {
		t.Errorf("the next message got %d", status)
	}
	seen := map[string]int{}
	for len(seen) < 2 {
		select {
		case reply := <-posted:
			seen[reply]++
		case <-time.After(30 * time.Second):
			t.Fatalf("%d messages have a reply\n%s", len(seen), d.local.Trace())
		}
	}
	_ = d.local.Close() // waits for what is running
	close(posted)
	for reply := range posted {
		seen[reply]++
	}
	for reply, n := range seen {
		if n != 1 {
			t.Errorf("%d replies %s\n%s", n, reply, d.local.Trace())
		}
	}
}
