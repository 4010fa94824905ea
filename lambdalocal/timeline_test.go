package lambdalocal_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func TestTraceTellsTheStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		tries := 0
		add(t, local, "f", func() error {
			time.Sleep(500 * time.Millisecond)
			if tries++; tries < 3 {
				return &problem{"secret"}
			}
			return nil
		})
		enqueue(t, local, "f", `{"secret":1}`)
		pass(time.Hour)
		want := `     0.000 s  f                    ID  queued
     0.000 s  f                    ID  started
     0.500 s  f                    ID  failed after 0.500 s: problem
     0.500 s  f                    ID  tried again in 1m0s
    60.500 s  f                    ID  started
    61.000 s  f                    ID  failed after 0.500 s: problem
    61.000 s  f                    ID  tried again in 2m0s
   181.000 s  f                    ID  started
   181.500 s  f                    ID  returned after 0.500 s
`
		got := regexp.MustCompile(`[0-9a-f]{8}`).ReplaceAllString(local.Trace(), "ID")
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if strings.Contains(got, "secret") {
			t.Error("a payload or a message is in the trace")
		}
	})
}

// TestTraceTellsWaitsAsTheyAre: waits are scaled, and a wait that the event's age ends
// is not in the trace.
func TestTraceTellsWaitsAsTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 0.01 })
		add(t, local, "f", func() error { return &problem{"no luck"} }, func(o *lambdalocal.FunctionOptions) { o.MaximumEventAge = 2 * time.Minute })
		enqueue(t, local, "f", "")
		pass(time.Hour)
		if trace := local.Trace(); strings.Count(trace, "tried again") != 1 || !strings.Contains(trace, "tried again in 600ms") {
			t.Errorf("got\n%s", trace)
		}
	})
}

func TestTraceKeepsTheLastLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		add(t, local, "f", func() { time.Sleep(time.Second) })
		for range 4000 {
			if _, err := invoke(t.Context(), local, "f", "", ""); err != nil {
				t.Fatal(err)
			}
		}
		lines := strings.Split(strings.TrimSpace(local.Trace()), "\n")
		if len(lines) != 10_000 || !strings.Contains(lines[9999], "4000.000 s") {
			t.Errorf("%d lines, the last is %s", len(lines), lines[len(lines)-1])
		}
	})
}
