package jobstore_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// hostileError calls a function in each of its methods but those that are nil.
type hostileError struct{ error, is, as, unwrap func() }

func (e *hostileError) Error() string { call(e.error); return "hostile" }
func (e *hostileError) Is(error) bool { call(e.is); return false }
func (e *hostileError) As(any) bool   { call(e.as); return false }
func (e *hostileError) Unwrap() error { call(e.unwrap); return nil }

func call(f func()) {
	if f != nil {
		f()
	}
}

// TestAnErrorsMethodsHoldNothingUp: the job is settled, Run returns before the deadline, and
// what it returns can be read.
func TestAnErrorsMethodsHoldNothingUp(t *testing.T) {
	for name, hostile := range map[string]func(wait func()) error{
		"Error hangs":           func(wait func()) error { return &hostileError{error: wait} },
		"Error takes an hour":   func(func()) error { return &hostileError{error: func() { time.Sleep(time.Hour) }} },
		"Error panics":          func(func()) error { return &hostileError{error: func() { panic("card 4111") }} },
		"Error calls Goexit":    func(func()) error { return &hostileError{error: runtime.Goexit} },
		"Is hangs":              func(wait func()) error { return &hostileError{is: wait} },
		"As hangs":              func(wait func()) error { return &hostileError{as: wait} },
		"Unwrap hangs":          func(wait func()) error { return &hostileError{unwrap: wait} },
		"a joined error hangs":  func(wait func()) error { return errors.Join(errors.New("a"), &hostileError{error: wait}) },
		"a panic with an error": func(wait func()) error { panic(&hostileError{error: wait}) },
	} {
		for mark, as := range map[string]func(error) error{
			"":            func(err error) error { return err },
			"Permanent":   jobstore.Permanent,
			"Public":      func(err error) error { return jobstore.Public(err, "Busy.") },
			"RetryAfter":  func(err error) error { return jobstore.RetryAfter(err, time.Minute) },
			"at the end ": func(err error) error { time.Sleep(27900 * time.Millisecond); return err },
		} {
			t.Run(name+" "+mark, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, wait := memstore.New[string, string](), stuck(t)
					id, began := newJob(t, s), time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
					defer cancel()
					result := jobstore.Run(ctx, s, id, func(context.Context, *job) (string, error) {
						return "", as(hostile(wait))
					}, quiet, func(o *jobstore.RunOptions) { o.MaxWait = 0 })
					text := result.Error()
					errors.Is(result, context.Canceled)
					if took := time.Since(began); took >= 30*time.Second || mark != "at the end " && took > 2*time.Second {
						t.Errorf("Run returned after %v", took)
					}
					if j := get(t, s, id); j.Status == jobstore.Processing || strings.Contains(text+j.ErrorDetail, "card") {
						t.Errorf("left the job %s with %q, and Run returned %q", j.Status, j.ErrorDetail, text)
					}
					<-time.After(time.Hour) // the end of the slow method
				})
			})
		}
	}
}

// TestAnErrorThatLocksWhatTheHandlerHolds is one of the ways in which Error does not return.
func TestAnErrorThatLocksWhatTheHandlerHolds(t *testing.T) {
	s, mu := memstore.New[string, string](), &sync.Mutex{}
	id := newJob(t, s)
	defer mu.Unlock()
	_ = jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) {
		mu.Lock()
		return "", &hostileError{error: func() { mu.Lock(); defer mu.Unlock() }}
	}, quiet, func(o *jobstore.RunOptions) { o.MaxWait = 0 })
	if j := get(t, s, id); j.Status != jobstore.Pending || !strings.Contains(j.ErrorDetail, "does not return") {
		t.Errorf("left the job %s: %q", j.Status, j.ErrorDetail)
	}
}

// hungOutput is a string whose encoder does not return.
type hungOutput struct{ wait func() }

func (h *hungOutput) MarshalText() ([]byte, error) { call(h.wait); return []byte("x"), nil }
func (h *hungOutput) UnmarshalText([]byte) error   { return nil }

// TestAHungEncoderLeavesTheJobToItsLease, and the invocation to the other jobs.
func TestAHungEncoderLeavesTheJobToItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, wait, began := memstore.New[string, hungOutput](), stuck(t), time.Now()
		j, err := s.Create(t.Context(), "in")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		err = jobstore.Run(ctx, s, j.ID, func(context.Context, *jobstore.Job[string, hungOutput]) (hungOutput, error) {
			return hungOutput{wait}, nil
		}, quiet)
		if _, retry := err.(*jobstore.RetryError); !retry || time.Since(began) > 20*time.Second {
			t.Errorf("Run returned %v after %v, want a *RetryError within 20s", err, time.Since(began))
		}
	})
}
