package examples_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestWatchJobIsLeft while it connects or a GET is under way: the page shows nothing more.
func TestWatchJobIsLeft(t *testing.T) {
	p := newPage(t)
	p.create("a")
	for _, when := range []string{"connecting", "getting"} {
		t.Setenv("LEAVE", when)
		p.shows(p.watch("user-1", "/jobs/user-1/a", "a"), "error", "Error: left")
	}
}

// TestWatchJobOfAPageWithAFault ends with it, whether GET or an event has shown the view.
func TestWatchJobOfAPageWithAFault(t *testing.T) {
	p := newPage(t)
	p.create("a")
	t.Setenv("THROW", "pending")
	p.shows(p.watch("user-1", "/jobs/user-1/a", "a"), "error", "Error: a fault of the page")
	t.Setenv("THROW", "processing")
	lines := p.watch("user-1", "/jobs/user-1/a", "a")
	p.shows(lines, "status", "pending")
	p.claim("a")
	p.shows(lines, "error", "Error: a fault of the page")
}

// TestWatchJobConnectsAgain: the first connections fail, more of them than Amplify's client
// tries by itself. Meanwhile GET shows the job, and afterwards its events do.
func TestWatchJobConnectsAgain(t *testing.T) {
	p := newPage(t)
	p.create("a")
	t.Setenv("HASTE", "40")
	p.events.Refuse(15)
	lines := p.watch("user-1", "/jobs/user-1/a", "a")
	p.shows(lines, "status", "pending") // by GET
	p.subscribed("/jobs/user-1/a", 1)
	job := p.claim("a")
	p.shows(lines, "status", "processing")
	if err := p.jobs.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: "42"}); err != nil {
		t.Fatal(err)
	}
	p.shows(lines, "status", "complete")
	p.shows(lines, "last", "complete")
}

// TestWatchJobOfNothing: without a connection it ends when GET is denied.
func TestWatchJobOfNothing(t *testing.T) {
	p := newPage(t)
	t.Setenv("HASTE", "40")
	p.events.Refuse(1000)
	p.shows(p.watch("user-1", "/jobs/user-1/a", "gone"), "error", "Error: GET failed")
}
