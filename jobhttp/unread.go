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
	byJob map[jobShare]int
}

// jobShare is what those take up of one job who have its token, or no name.
type jobShare struct {
	of  share
	job string
}

func newUnreads(o Options) *unreads {
	return &unreads{caller: bytesOf(o.MaxCallerWatchers), all: bytesOf(o.MaxWatchers), by: map[share]int{}, byJob: map[jobShare]int{}}
}

// bytesOf is the memory of n watchers; half of the largest int leaves room to add an answer.
func bytesOf(n int) int { return min(n, math.MaxInt/2/watcherBytes) * watcherBytes }

// begin counts an answer of n bytes about the job until end is called, or refuses it. It lets
// through small ones, and one at once of each caller with a name. Those who have a token or no
// name may be anyone: a tenth is for those who ask for other jobs.
func (u *unreads) begin(of share, job string, n int) (end func(), err error) {
	if n < watcherBytes {
		return func() {}, nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	own, key := u.by[of], jobShare{of, job}
	switch {
	case (of.byToken || !of.named()) && u.byJob[key] > 0 && u.byJob[key]+n > u.caller/10*9:
		return nil, errOwnUnread
	case of.named() && own > 0 && own+n > u.caller:
		return nil, errOwnUnread
	case (own > 0 || !of.named()) && u.bytes > 0 && u.bytes+n > u.all:
		return nil, errUnread
	}
	u.count(key, n)
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.count(key, -n)
	}, nil
}

func (u *unreads) count(key jobShare, n int) {
	u.bytes += n
	if u.by[key.of] += n; u.by[key.of] == 0 {
		delete(u.by, key.of)
	}
	if u.byJob[key] += n; u.byJob[key] == 0 {
		delete(u.byJob, key)
	}
}
