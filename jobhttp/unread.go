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

// unreads are the large answers that are being written, and the snapshots that polls hold beyond
// the places of their watchers. An answer whose client does not read stays in memory for answerTimeout,
// and over HTTP/2 one connection has hundreds.
type unreads struct {
	caller, all int // the most bytes: as many as their watchers take

	mu    sync.Mutex
	total tally
	by    map[share]tally
	byJob map[jobShare]tally
}

// jobShare is what those take up of one job who have its token, or no name.
type jobShare struct {
	of  share
	job string
}

// claim is for memory. A lasting one is for a snapshot that is held until its job changes, and no
// longer than a client may take to read an answer otherwise.
type claim struct {
	bytes   int
	lasting bool
	answer  bool // otherwise it is for a snapshot
}

// tally is what was claimed, what of that does not last, and what of this is for answers.
type tally struct{ bytes, brief, answers int }

func (t tally) with(c claim, sign int) tally {
	t.bytes += sign * c.bytes
	if !c.lasting {
		t.brief += sign * c.bytes
	}
	if c.answer {
		t.answers += sign * c.bytes
	}
	return t
}

// others is what keeps a claim out when the room is used up. An end, of which a poll has one,
// waits for no answers: a client may ask for one after the other and read none.
func (t tally) others(c claim) int {
	switch {
	case c.lasting:
		return t.bytes
	case c.answer:
		return t.brief
	}
	return t.brief - t.answers
}

func newUnreads(o Options) *unreads {
	return &unreads{caller: bytesOf(o.MaxCallerWatchers), all: bytesOf(o.MaxWatchers), by: map[share]tally{}, byJob: map[jobShare]tally{}}
}

// bytesOf is the memory of n watchers; half of the largest int leaves room to add an answer.
func bytesOf(n int) int { return min(n, math.MaxInt/2/watcherBytes) * watcherBytes }

// begin counts an answer of n bytes about the job until end is called, or refuses it. It lets
// through small ones.
func (u *unreads) begin(of share, job string, n int) (end func(), err error) {
	if n < watcherBytes {
		return func() {}, nil
	}
	key, c := jobShare{of, job}, claim{bytes: n, answer: true}
	if err := u.try(key, claim{}, key, c, false); err != nil {
		return nil, err
	}
	return func() { u.replace(key, c, key, claim{}) }, nil
}

// try has a claim take the place of an old one, or refuses it. The states of a job that goes on are
// several: of these, none is let through when the room is used up.
func (u *unreads) try(oldKey jobShare, old claim, key jobShare, c claim, several bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count(oldKey, old, -1)
	err := u.refuses(key, c, several)
	if err != nil {
		key, c = oldKey, old
	}
	u.count(key, c, 1)
	return err
}

// refuses lets through one at once of each caller with a name. Those who have a token or no name
// may be anyone: a tenth is for those who ask for other jobs. Half is for what does not last.
func (u *unreads) refuses(key jobShare, c claim, several bool) error {
	of, own, ofJob, caller, all := key.of, u.by[key.of], u.byJob[key], u.caller, u.all
	if c.lasting {
		caller, all = caller/2, all/2
	}
	switch {
	case c.bytes == 0:
	case (of.byToken || !of.named()) && (several || ofJob.others(c) > 0) && ofJob.bytes+c.bytes > caller/10*9:
		return errOwnUnread
	case of.named() && (several || own.others(c) > 0) && own.bytes+c.bytes > caller:
		return errOwnUnread
	case (several || !of.named() && u.total.others(c) > 0 || own.others(c) > 0) && u.total.bytes+c.bytes > all:
		return errUnread
	}
	return nil
}

// replace has a claim take the place of another one.
func (u *unreads) replace(oldKey jobShare, old claim, key jobShare, c claim) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count(oldKey, old, -1)
	u.count(key, c, 1)
}

func (u *unreads) count(key jobShare, c claim, sign int) {
	u.total = u.total.with(c, sign)
	if u.by[key.of] = u.by[key.of].with(c, sign); u.by[key.of] == (tally{}) {
		delete(u.by, key.of)
	}
	if u.byJob[key] = u.byJob[key].with(c, sign); u.byJob[key] == (tally{}) {
		delete(u.byJob, key)
	}
}
