package lambdalocal

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// timelineSize is how many entries are kept.
const timelineSize = 10_000

// timeline is what happened, in order.
type timeline struct {
	began time.Time

	mu      sync.Mutex
	entries []entry // a ring when it is full
	next    int     // the oldest entry of a full ring
}

type entry struct {
	at        time.Duration
	function  string
	requestID string
	what      string
}

// Trace returns text for a person that says what the functions did: a line for each
// event, attempt, outcome, wait and retry, with the time since New, the function, and
// the first eight characters of the request ID. It has no payloads, and the last
// 10,000 lines at most.
func (l *Local) Trace() string {
	var b strings.Builder
	for _, e := range l.timeline.all() {
		fmt.Fprintf(&b, "%10.3f s  %-20s %-8.8s  %s\n", e.at.Seconds(), e.function, e.requestID, e.what)
	}
	return b.String()
}

func (t *timeline) add(function, requestID, format string, args ...any) {
	e := entry{time.Since(t.began), function, requestID, fmt.Sprintf(format, args...)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.entries) < timelineSize {
		t.entries = append(t.entries, e)
		return
	}
	t.entries[t.next] = e
	t.next = (t.next + 1) % timelineSize
}

// all returns the entries from the oldest on.
func (t *timeline) all() []entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(append([]entry(nil), t.entries[t.next:]...), t.entries[:t.next]...)
}

func (i *invocation) note(format string, args ...any) {
	i.fn.local.timeline.add(i.fn.name, i.requestID, format, args...)
}
