package appsyncstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestCallerNeedsAField refuses a caller that the model has no field for.
func TestCallerNeedsAField(t *testing.T) {
	store := newStore(t, appsynctest.Start(t))
	_, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID, o.Caller = "a", "user" })
	if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "Fields.Caller") {
		t.Errorf("%v, want ErrInvalid that names the option", err)
	}
	if _, err := store.Get(t.Context(), "a"); !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("the job was stored: %v", err)
	}
}
