//go:build amplify

package appsynctest

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// These tests run the hook useJob of examples/amplify in React, with Amplify's own client.

// TestFrontEndHook shows each end of a job, also on a page that is opened later.
func TestFrontEndHook(t *testing.T) {
	a := Start(t)
	for name, c := range map[string]struct {
		end  object
		want string
	}{
		"completes":   {object{"status": "complete", "response": "42"}, "42"},
		"fails":       {object{"status": "error", "error": "The model is not available."}, "The model is not available."},
		"is canceled": {object{"status": "error", "canceled": true, "error": "canceled"}, "canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
			page := openHook(t, a.URL, a, id)
			page.sees(shows(id, "pending"))
			a.updateJob(t, id, object{"status": "processing", "progress": 10, "progressMessage": "calling the model"})
			page.sees(shows(id, "calling the model"))
			a.updateJob(t, id, c.end)
			page.sees(shows(id, c.want))
			page.goesAway()
			page.stopsAll()

			reloaded := openHook(t, a.URL, a, id)
			reloaded.sees(shows(id, c.want))
			reloaded.goesAway()
			for _, text := range []string{"pending", "calling"} {
				if strings.Contains(strings.Join(reloaded.seen, ""), text) {
					t.Errorf("a page that is reloaded showed %q", reloaded.seen)
				}
			}
		})
	}
}

// TestFrontEndHookGone shows that a job does not exist.
func TestFrontEndHookGone(t *testing.T) {
	a := Start(t)
	page := openHook(t, a.URL, a, "none")
	page.sees(shows("none", "gone"))
	page.goesAway()
}

// TestFrontEndHookUnmounts ends the subscription with the page, though the job goes on.
func TestFrontEndHookUnmounts(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := openHook(t, a.URL, a, id)
	page.sees(shows(id, "pending"))
	page.goesAway()
	page.stopsAll()
}

// TestFrontEndHookMountedTwice leaves one subscription in React's strict mode, which mounts all
// components twice.
func TestFrontEndHookMountedTwice(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := openHook(t, a.URL, a, id, "STRICT=1")
	page.sees(shows(id, "pending"))
	a.updateJob(t, id, object{"status": "processing"})
	page.sees(shows(id, "processing"))
	a.updateJob(t, id, object{"status": "complete", "response": "42"})
	page.sees(shows(id, "42"))
	page.goesAway()
	page.stopsAll()
}

// TestFrontEndHookOfAnotherJob watches the new job and not the old one, and never shows one
// job as the other. Without an ID it watches nothing.
func TestFrontEndHookOfAnotherJob(t *testing.T) {
	a := Start(t)
	first := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	second := a.createJob(t, "user", object{"query": "why not?", "status": "processing"})
	page := openHook(t, a.URL, a, first)
	page.sees(shows(first, "pending"))
	page.show(second)
	page.sees(shows(second, "processing"))
	a.updateJob(t, first, object{"status": "complete", "response": "of the first"})
	a.updateJob(t, second, object{"status": "complete", "response": "of the second"})
	page.sees(shows(second, "of the second"))
	page.show("")
	page.sees(shows("undefined", "loading"))
	page.goesAway()
	page.stopsAll()
	for _, line := range page.seen {
		if strings.Contains(line, "of the first") || strings.Contains(line, first+": processing") || strings.Contains(line, second+": pending") {
			t.Errorf("the page showed %s", line)
		}
	}
}

// TestFrontEndHookIsConnectedAgain clears the trouble, though the job has not changed.
func TestFrontEndHookIsConnectedAgain(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	line := newCable(t, a.URL, true)
	page := openHook(t, line.url, a, id)
	page.sees(shows(id, "pending"))
	line.cut()
	page.sees(shows(id, "pending, connecting"))
	line.mend()
	page.sees(shows(id, "pending"))
	page.goesAway()
}

const (
	starts = `{"start":[]}`
	stops  = `{"stop":[]}`
)

func shows(id, text string) string { return fmt.Sprintf(`{"shows":["%s: %s"]}`, id, text) }

// openHook runs a page that shows the job.
func openHook(t *testing.T, url string, a *API, id string, env ...string) *page {
	t.Helper()
	p := run(t, "src/tryHook.ts", url, a.Token("user", time.Hour), env...)
	p.show(id)
	return p
}

// show has the page show another job.
func (p *page) show(id string) {
	p.t.Helper()
	if _, err := io.WriteString(p.input, id+"\n"); err != nil {
		p.t.Fatal(err)
	}
}

// goesAway unmounts the page, and waits until nothing keeps it busy.
func (p *page) goesAway() {
	p.t.Helper()
	before := len(p.seen)
	p.input.Close()
	p.drain()
	for _, line := range p.seen[before:] {
		if line != starts && line != stops {
			p.t.Errorf("after the end the page showed %s", line)
		}
	}
}

// stopsAll has each subscription end by a message to AppSync.
func (p *page) stopsAll() {
	p.t.Helper()
	all := strings.Join(p.seen, "")
	if n, m := strings.Count(all, starts), strings.Count(all, stops); n == 0 || n != m {
		p.t.Errorf("%d subscriptions, %d of them stopped: %q", n, m, p.seen)
	}
}
