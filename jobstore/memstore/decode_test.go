package memstore_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// opaque can be stored, and not read.
type opaque string

func (opaque) MarshalJSON() ([]byte, error) { return json.Marshal("stored") }
func (*opaque) UnmarshalJSON([]byte) error  { return errors.New("of another version") }

// TestOthersJobThatDoesNotDecode concerns only the worker that claimed it: as an
// ErrDecode, Run would settle it.
func TestOthersJobThatDoesNotDecode(t *testing.T) {
	store := memstore.New[opaque, string]()
	given := func(o *jobstore.CreateOptions) { o.ID = "a" }
	claim := func(owner string) error {
		_, err := store.Claim(t.Context(), "a", jobstore.Lease{Owner: owner, Until: time.Now().Add(time.Hour)})
		return err
	}
	if _, err := store.Create(t.Context(), "", given); !errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("its creator got %v, want ErrDecode", err)
	}
	if err := claim("first"); !errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("who holds it got %v, want ErrDecode", err)
	}
	if err := claim("second"); !errors.Is(err, jobstore.ErrLeased) || errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("another got %v, want ErrLeased and no ErrDecode", err)
	}
	if _, err := store.Create(t.Context(), "", given); !errors.Is(err, jobstore.ErrExists) || errors.Is(err, jobstore.ErrDecode) {
		t.Errorf("another creator got %v, want ErrExists and no ErrDecode", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for want, opt := range map[string]func(*memstore.Options){
		"memstore: New: Options.MaxAttempts is -5, want at least 1":            func(o *memstore.Options) { o.MaxAttempts = -5 },
		"memstore: New: Options.Now is nil":                                    func(o *memstore.Options) { o.Now = nil },
		`memstore: New: Options.OnLeaseExpiry is "wait", want "run" or "hold"`: func(o *memstore.Options) { o.OnLeaseExpiry = "wait" },
		"memstore: New: Options.MaxBytes is 0, want at least 1":                func(o *memstore.Options) { o.MaxBytes = 0 },
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
