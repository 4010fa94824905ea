package driver_test

import (
	"errors"
	"strings"
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
		Token: "mine", UpdatedAt: now.Add(-time.Hour),
	}
	if change != nil {
		change(&st)
	}
	return st
}

func ends(d time.Duration) func(*driver.State) {
	return func(st *driver.State) { st.ClaimableFrom = now.Add(d) }
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
		"leased by the caller's first try": {state(jobstore.Processing, func(st *driver.State) { st.Token, st.ClaimableFrom = "other", now.Add(1) }), nil},
		"waits":                            {state(jobstore.Pending, ends(1)), jobstore.ErrNotDue},
		"due now":                          {state(jobstore.Pending, ends(0)), nil},
	} {
		if got := c.state.RefuseClaim("other", now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRefuseLateClaim(t *testing.T) {
	returned := state(jobstore.Pending, func(st *driver.State) { st.Token = driver.Settled("mine") })
	if err := returned.RefuseClaim("mine", now); err == nil {
		t.Error("a copy of a claim that was settled is let through")
	}
	if err := returned.RefuseClaim("other", now); err != nil {
		t.Errorf("another claim: %v", err)
	}
}

func TestAbandonedBy(t *testing.T) {
	st := state(jobstore.Failed, func(st *driver.State) { st.Token = driver.Abandoned("mine", "other") })
	for token, want := range map[string]error{"other": jobstore.ErrAbandoned, "mine": jobstore.ErrFinished, "another": jobstore.ErrFinished} {
		if got := st.RefuseClaim(token, now); got != want {
			t.Errorf("the claim %s gets %v, want %v", token, got, want)
		}
	}
	if holder := driver.Holder(st.Token); holder != "mine" {
		t.Errorf("the latest claim is %q, want mine", holder)
	}
}

func TestRefuseMalformed(t *testing.T) {
	st := state(jobstore.Pending, func(st *driver.State) { st.Malformed = driver.Malformed("attempt", "a whole number", "a string") })
	for name, err := range map[string]error{"claim": st.RefuseClaim("other", now), "cancel": st.RefuseCancel(now)} {
		if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "attempt is a string, want a whole number") {
			t.Errorf("%s: %v, want ErrInvalid that names the attribute", name, err)
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
	held := state(jobstore.Processing, func(st *driver.State) { st.Reports = 3 })
	settled := state(jobstore.Failed, func(st *driver.State) { st.Token = driver.Settled("mine") })
	abandoned := state(jobstore.Failed, func(st *driver.State) { st.Token = driver.Abandoned("mine", "other") })
	foreign := state(jobstore.Failed, nil)
	for name, got := range map[string]bool{
		"Holds is false of its claim":                          !held.Holds(mine),
		"Holds is true of another attempt":                     held.Holds(earlier),
		"Holds is true of another owner":                       held.Holds(stranger),
		"Holds is true of a finished job":                      foreign.Holds(mine),
		"Reported is false of a heartbeat that is stored":      !held.Reported(mine, 3),
		"Reported is false of an earlier heartbeat":            !held.Reported(mine, 2),
		"Reported is true of a later heartbeat":                held.Reported(mine, 4),
		"Reported is true of a stranger's heartbeat":           held.Reported(stranger, 1),
		"SettledBy is false of the settle's own outcome":       !settled.SettledBy(mine, jobstore.Failed),
		"SettledBy is true of another status":                  settled.SettledBy(mine, jobstore.Complete),
		"SettledBy is true of another attempt":                 settled.SettledBy(earlier, jobstore.Failed),
		"SettledBy is true of a claim that found it abandoned": abandoned.SettledBy(mine, jobstore.Failed),
		"SettledBy is true of what someone else has written":   foreign.SettledBy(mine, jobstore.Failed),
	} {
		if got {
			t.Error(name)
		}
	}
	if err := settled.LeaseLost(); err != jobstore.ErrLeaseLost {
		t.Errorf("lost to another: %v", err)
	}
	settled.Canceled = true
	if err := settled.LeaseLost(); err != jobstore.ErrCanceled {
		t.Errorf("lost by Cancel: %v", err)
	}
}

func TestRefuseCancel(t *testing.T) {
	canceled := state(jobstore.Failed, func(st *driver.State) { st.Canceled = true })
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
	const pickUp = 10 * time.Minute
	for name, c := range map[string]struct {
		state driver.State
		since time.Time
		want  bool
	}{
		"pending for an hour":              {state(jobstore.Pending, nil), now.Add(-50 * time.Minute), true},
		"returned a moment ago":            {state(jobstore.Pending, func(st *driver.State) { st.UpdatedAt, st.ClaimableFrom = now, now }), now.Add(pickUp), false},
		"waits":                            {state(jobstore.Pending, ends(time.Second)), now.Add(time.Second), false},
		"has waited":                       {state(jobstore.Pending, ends(0)), now, true},
		"the record says when":             {state(jobstore.Pending, func(st *driver.State) { st.SweepAt = now.Add(time.Second) }), now.Add(time.Second), false},
		"leased, and the record says when": {state(jobstore.Processing, func(st *driver.State) { st.SweepAt = now }), now, true},
		"the lease ended":                  {state(jobstore.Processing, ends(-time.Second)), now.Add(-time.Second), true},
		"leased":                           {state(jobstore.Processing, ends(time.Second)), now.Add(time.Second), false},
		"no lease, written an hour ago":    {state(jobstore.Processing, nil), now.Add(-45 * time.Minute), true},
		"complete":                         {state(jobstore.Complete, nil), now.Add(-50 * time.Minute), false},
		"pending, and its time to live is": {state(jobstore.Pending, func(st *driver.State) { st.ExpiresAt = now }), now.Add(-50 * time.Minute), false},
	} {
		since := c.state.LookAt(pickUp)
		if got := c.state.Stuck(pickUp, now); got != c.want || !since.Equal(c.since) {
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
