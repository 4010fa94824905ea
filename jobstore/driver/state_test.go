package driver_test

import (
	"errors"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

var now = time.UnixMilli(1_800_000_000_000).UTC()

// state is a job that runs again, has used one of three attempts, and was written an
// hour ago.
func state(status jobstore.Status, change func(*driver.State)) driver.State {
	st := driver.State{
		Exists: true, Status: status, Attempt: 1, MaxAttempts: 3, OnLeaseExpiry: jobstore.RunAgain,
		Owner: "mine", UpdatedAt: now.Add(-time.Hour),
	}
	if change != nil {
		change(&st)
	}
	return st
}

func ends(d time.Duration) func(*driver.State) {
	return func(st *driver.State) { st.LeaseUntil = now.Add(d) }
}

func TestRefuseClaim(t *testing.T) {
	for name, c := range map[string]struct {
		state driver.State
		want  error
	}{
		"no record":                        {driver.State{}, jobstore.ErrNotFound},
		"expired now":                      {state(jobstore.Pending, func(st *driver.State) { st.ExpiresAt = now }), jobstore.ErrNotFound},
		"expires next":                     {state(jobstore.Pending, func(st *driver.State) { st.ExpiresAt = now.Add(1) }), nil},
		"complete":                         {state(jobstore.Complete, nil), jobstore.ErrFinished},
		"failed":                           {state(jobstore.Failed, nil), jobstore.ErrFinished},
		"pending":                          {state(jobstore.Pending, nil), nil},
		"leased":                           {state(jobstore.Processing, ends(1)), jobstore.ErrLeased},
		"a lease that ends now":            {state(jobstore.Processing, ends(0)), nil},
		"no lease, written an hour ago":    {state(jobstore.Processing, nil), nil},
		"no lease, written a minute ago":   {state(jobstore.Processing, func(st *driver.State) { st.UpdatedAt = now.Add(-time.Minute) }), jobstore.ErrLeased},
		"no lease, written never":          {state(jobstore.Processing, func(st *driver.State) { st.UpdatedAt = time.Time{} }), nil},
		"leased by the caller's first try": {state(jobstore.Processing, func(st *driver.State) { st.Owner, st.LeaseUntil = "other", now.Add(1) }), nil},
	} {
		if got := c.state.RefuseClaim("other", now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAbandoned(t *testing.T) {
	last := func(maxAttempts int) func(*driver.State) {
		return func(st *driver.State) { st.Attempt, st.MaxAttempts = maxAttempts, maxAttempts }
	}
	hold := func(st *driver.State) { st.OnLeaseExpiry = jobstore.Hold }
	for name, c := range map[string]struct {
		state driver.State
		want  string
	}{
		"attempts remain":      {state(jobstore.Processing, nil), ""},
		"held":                 {state(jobstore.Processing, hold), "held: the worker's lease ran out, and how far its work had come is not known"},
		"pending is not held":  {state(jobstore.Pending, hold), ""},
		"the only attempt":     {state(jobstore.Processing, last(1)), "the only attempt did not finish"},
		"the last of three":    {state(jobstore.Processing, last(3)), "the last of 3 attempts did not finish"},
		"pending without more": {state(jobstore.Pending, last(2)), "the last of 2 attempts did not finish"},
	} {
		if got := c.state.Abandoned(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFence(t *testing.T) {
	mine := jobstore.Claim{ID: "a", Owner: "mine", Attempt: 1}
	earlier, stranger := mine, mine
	earlier.Attempt, stranger.Owner = 0, "other"
	held, failed := state(jobstore.Processing, nil), state(jobstore.Failed, nil)
	if !held.Holds(mine) || held.Holds(earlier) || held.Holds(stranger) || failed.Holds(mine) {
		t.Error("Holds is not true of the claim with this owner and attempt alone, while it is processing")
	}
	if !failed.SettledBy(mine, jobstore.Failed) || failed.SettledBy(mine, jobstore.Complete) || failed.SettledBy(earlier, jobstore.Failed) {
		t.Error("SettledBy is not true of this claim and status alone")
	}
	if err := failed.LeaseLost(); err != jobstore.ErrLeaseLost {
		t.Errorf("lost to another: %v", err)
	}
	failed.Owner = driver.CanceledOwner
	if err := failed.LeaseLost(); err != jobstore.ErrCanceled {
		t.Errorf("lost by Cancel: %v", err)
	}
}

func TestRefuseCancel(t *testing.T) {
	canceled := state(jobstore.Failed, func(st *driver.State) { st.Owner = driver.CanceledOwner })
	for want, st := range map[error]driver.State{
		jobstore.ErrNotFound: {},
		jobstore.ErrFinished: state(jobstore.Complete, nil),
		nil:                  canceled,
	} {
		if got := st.RefuseCancel(now); got != want {
			t.Errorf("%s: %v, want %v", st.Status, got, want)
		}
	}
}

func TestStuck(t *testing.T) {
	hourAgo, halfAgo := now.Add(-time.Hour), now.Add(-30*time.Minute)
	for name, c := range map[string]struct {
		state driver.State
		since time.Time
		want  bool
	}{
		"pending for an hour":              {state(jobstore.Pending, nil), hourAgo, true},
		"pending, says its lease":          {state(jobstore.Pending, ends(-30*time.Minute)), halfAgo, false},
		"the lease ended":                  {state(jobstore.Processing, ends(-time.Second)), now.Add(-time.Second), true},
		"leased":                           {state(jobstore.Processing, ends(time.Second)), now.Add(time.Second), false},
		"no lease, written an hour ago":    {state(jobstore.Processing, nil), now.Add(-45 * time.Minute), true},
		"complete":                         {state(jobstore.Complete, nil), time.Time{}, false},
		"pending, and its time to live is": {state(jobstore.Pending, func(st *driver.State) { st.ExpiresAt = halfAgo }), hourAgo, false},
	} {
		if since, got := c.state.Stuck(hourAgo, now, now); got != c.want || !since.Equal(c.since) {
			t.Errorf("%s: %t since %v, want %t since %v", name, got, since, c.want, c.since)
		}
	}
}

func TestRefusal(t *testing.T) {
	undecodable := errors.New("input: not a number")
	if err := driver.Refusal(nil, nil); err != nil {
		t.Errorf("a job that is there and decodes: %v", err)
	}
	if err := driver.Refusal(nil, undecodable); !errors.Is(err, jobstore.ErrDecode) || !errors.Is(err, undecodable) {
		t.Errorf("a job that does not decode: %v", err)
	}
	if err := driver.Refusal(jobstore.ErrLeased, undecodable); errors.Is(err, jobstore.ErrDecode) || !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("a job of another worker that does not decode: %v", err)
	}
}
