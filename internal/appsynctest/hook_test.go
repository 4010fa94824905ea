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

// TestFrontEndHook shows each end of a job, also on a page that is reloaded, and goes from
// job to job without showing one as the other. The last job goes on when the page goes.
func TestFrontEndHook(t *testing.T) {
	a := Start(t)
	page := openHook(t, a.URL, a)
	for _, c := range []struct {
		how  string
		end  object
		want string
	}{
		{"", object{"status": "complete", "response": "42"}, "42"},
		{"", object{"status": "error", "error": "The model is not available."}, "The model is not available."},
		{"", object{"status": "error", "canceled": true, "error": "canceled"}, "canceled"},
		{"strict ", object{"status": "complete", "response": "in strict mode"}, "in strict mode"}, // which mounts all twice
	} {
		id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
		page.show(c.how + id)
		page.sees(shows(id, "pending"))
		a.updateJob(t, id, object{"status": "processing", "progress": 10, "progressMessage": "calling the model"})
		page.sees(shows(id, "calling the model"))
		a.updateJob(t, id, c.end)
		page.sees(shows(id, c.want))
		before := len(page.seen)
		page.show("reload " + id)
		page.sees(shows(id, c.want))
		for _, line := range page.seen[before:] {
			if strings.Contains(line, id) && line != shows(id, "loading") && line != shows(id, c.want) {
				t.Errorf("after the reload the page showed %s", line)
			}
		}
	}
	page.show("none")
	page.sees(shows("none", "gone"))
	page.leavesAJob(a)
	page.show("") // watches nothing
	page.sees(shows("undefined", "loading"))
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page.show(id)
	page.sees(shows(id, "pending"))
	page.goesAway()
	page.stopsAll()
}

// leavesAJob has the page show another job before one has ended.
func (p *page) leavesAJob(a *API) {
	p.t.Helper()
	first := a.createJob(p.t, "user", object{"query": "why?", "status": "pending"})
	second := a.createJob(p.t, "user", object{"query": "why not?", "status": "processing"})
	p.show(first)
	p.sees(shows(first, "pending"))
	p.show(second)
	p.sees(shows(second, "processing"))
	a.updateJob(p.t, first, object{"status": "complete", "response": "of the first"})
	a.updateJob(p.t, second, object{"status": "complete", "response": "of the second"})
	p.sees(shows(second, "of the second"))
	for _, line := range p.seen {
		if strings.Contains(line, "of the first") || strings.Contains(line, first+": processing") || strings.Contains(line, second+": pending") {
			p.t.Errorf("the page showed %s", line)
		}
	}
}

// TestFrontEndHookIsConnectedAgain clears the trouble, though the job has not changed.
func TestFrontEndHookIsConnectedAgain(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	line := newCable(t, a.URL, true)
	page := openHook(t, line.url, a)
	page.show(id)
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

// openHook runs a page.
func openHook(t *testing.T, url string, a *API) *page {
	t.Helper()
	return run(t, "src/tryHook.ts", url, a.Token("user", time.Hour))
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
