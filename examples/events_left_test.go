package examples_test

import "testing"

// TestWatchJobIsLeft while it connects or a GET is under way: the page shows nothing more.
func TestWatchJobIsLeft(t *testing.T) {
	p := newPage(t)
	p.create("a")
	for _, when := range []string{"connecting", "getting"} {
		t.Setenv("LEAVE", when)
		p.shows(p.watch("user-1", "/jobs/user-1/a", "a"), "error", "Error: left")
	}
}
