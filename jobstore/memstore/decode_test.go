package memstore_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// opaque can be stored, and is not read once another version is deployed.
type opaque string

var anotherVersion atomic.Bool

func (o opaque) MarshalText() ([]byte, error) { return []byte(o), nil }

func (o *opaque) UnmarshalText(text []byte) error {
	if anotherVersion.Load() && string(text) == "a" {
		return errors.New("of another version")
	}
	*o = opaque(text)
	return nil
}

// TestOthersJobThatDoesNotDecode concerns only the worker that claimed it: as an
// ErrDecode, Run would settle it.
func TestOthersJobThatDoesNotDecode(t *testing.T) {
	store := memstore.New[opaque, string]()
	given := func(o *jobstore.CreateOptions) { o.ID = "a" }
	claim := func(owner string) error {
		_, err := store.Claim(t.Context(), "a", jobstore.Lease{Owner: owner, Until: time.Now().Add(time.Hour)})
		return err
	}
	if _, err := store.Create(t.Context(), "a", given); err != nil {
		t.Fatal(err)
	}
	anotherVersion.Store(true)
	t.Cleanup(func() { anotherVersion.Store(false) })
	if err := claim("first"); !errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("who holds it got %v, want ErrDecode", err)
	}
	if err := claim("second"); !errors.Is(err, jobstore.ErrLeased) || errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("another got %v, want ErrLeased and no ErrDecode", err)
	}
	if _, err := store.Create(t.Context(), "b", given); !errors.Is(err, jobstore.ErrExists) || errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("another creator got %v, want ErrExists and no ErrDecode", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for want, opt := range map[string]func(*memstore.Options){
		"memstore: New: Options.MaxAttempts is 1000001, want at most 1000000":                   func(o *memstore.Options) { o.MaxAttempts = 1_000_001 },
		"memstore: New: Options.MaxAttempts is -5, want at least 1":                             func(o *memstore.Options) { o.MaxAttempts = -5 },
		"memstore: New: option 1 of 1 is nil":                                                   nil,
		"memstore: New: Options.Now is nil":                                                     func(o *memstore.Options) { o.Now = nil },
		`memstore: New: Options.OnLeaseExpiry is "wait", want "run" or "hold"`:                  func(o *memstore.Options) { o.OnLeaseExpiry = "wait" },
		"memstore: New: Options.MaxBytes is 0, want at least 1":                                 func(o *memstore.Options) { o.MaxBytes = 0 },
		"memstore: New: Options.Retention is 0s, want at least 1m0s, or jobstore.KeepForever":   func(o *memstore.Options) { o.Retention = 0 },
		"memstore: New: Options.Retention is -1ns, want at least 1m0s, or jobstore.KeepForever": func(o *memstore.Options) { o.Retention = -1 },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %q", got, want)
				}
			}()
			memstore.New[string, string](opt)
		}()
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	store := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	for want, call := range map[string]func(){
		"jobstore: Create: option 1 of 1 is nil":          func() { _, _ = store.Create(t.Context(), "in", nil) },
		"memstore: Changes: limit is 0, want at least 1":  func() { _, _ = store.Changes(t.Context(), "", 0) },
		"memstore: Changes: limit is -1, want at least 1": func() { _, _ = store.Changes(t.Context(), "", -1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %q", got, want)
				}
			}()
			call()
		}()
	}
}
