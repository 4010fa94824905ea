package jobhttp

import (
	"errors"
	"math"
	"sync"
)

// The refusals of an answer.
var (
	errUnread    = errors.New("there are too many answers that are not read")
	errOwnUnread = errors.New("the caller has too many answers that are not read")
)

// unreads are the large answers that are being written. One whose client does not read stays in
// memory for answerTimeout, and over HTTP/2 one connection has hundreds.
type unreads struct {
	caller, all int // the most bytes: as many as their watchers take

	mu    sync.Mutex
	bytes int
	by    map[share]int
}

func newUnreads(o Options) *unreads {
	return &unreads{caller: bytesOf(o.MaxCallerWatchers), all: bytesOf(o.MaxWatchers), by: map[share]int{}}
}

// bytesOf is the memory of n watchers; half of the largest int leaves room to add an answer.
func bytesOf(n int) int { return min(n, math.MaxInt/2/watcherBytes) * watcherBytes }

// begin counts an answer of n bytes until end is called, or refuses it. It lets through small
// ones, and one at once of each caller with a name.
func (u *unreads) begin(of share, n int) (end func(), err error) {
	if n < watcherBytes {
		return func() {}, nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	own := u.by[of]
	switch {
	case of.named() && own > 0 && own+n > u.caller:
		return nil, errOwnUnread
	case (own > 0 || !of.named()) && u.bytes > 0 && u.bytes+n > u.all:
		return nil, errUnread
	}
	u.count(of, n)
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.count(of, -n)
	}, nil
}

func (u *unreads) count(of share, n int) {
	u.bytes += n
	if u.by[of] += n; u.by[of] == 0 {
		delete(u.by, of)
	}
}
