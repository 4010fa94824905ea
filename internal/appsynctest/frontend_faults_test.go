//go:build amplify

package appsynctest

import (
	"strings"
	"testing"
	"time"
)

// TestFrontEndOfAPageWithAFault: what the page throws is an error of the page, not trouble, and the watch
// goes on.
func TestFrontEndOfAPageWithAFault(t *testing.T) {
	a := Start(t)
	const fault = `{"uncaught":["a fault of the page"]}`
	for name, c := range map[string]struct{ every, throw string }{
		"in a read":   {"EVERY=500", "Working …"},
		"at the end":  {"EVERY=500", "42"},
		"in an event": {"EVERY=3600000", "Working …"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
			line := newCable(t, a.URL, c.every != "EVERY=500")
			page := open(t, line.url, a.Token("user", time.Hour), id, c.every, "THROW="+c.throw)
			page.sees(`{"spinner":["Waiting …"]}`)
			if c.every != "EVERY=500" {
				page.subscribed()
			}
			a.updateJob(t, id, object{"status": "processing", "attempt": 1})
			page.sees(`{"spinner":["Working …"]}`)
			if c.throw == "Working …" {
				page.sees(fault)
			}
			a.updateJob(t, id, object{"status": "complete", "attempt": 1, "response": "42"})
			page.sees(`{"response":["42",true]}`)
			if c.throw == "42" {
				page.sees(fault)
			}
		})
	}
}

// TestFrontEndKeepsPartialOutput: the event of a renewal may lack it. The next attempt begins without.
func TestFrontEndKeepsPartialOutput(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := open(t, a.URL, a.Token("user", time.Hour), id, "EVERY=3600000")
	page.sees(`{"spinner":["Waiting …"]}`)
	page.subscribed()
	a.updateJob(t, id, object{"status": "processing", "attempt": 1, "response": "up"})
	page.sees(`{"response":["up",false]}`)
	narrow := func(input object) {
		input["id"] = id
		a.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id owner status attempt progress progressMessage createdAt updatedAt } }`, object{"input": input})
	}
	narrow(object{"progress": 60, "progressMessage": "60 %"})
	narrow(object{"status": "processing", "attempt": 2, "progressMessage": "again", "response": nil})
	page.sees(`{"spinner":["again"]}`)
	if all := strings.Join(page.seen, ""); strings.Contains(all, "60 %") {
		t.Errorf("the page showed %s", all)
	}
}
