package jobstore_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestNothingPrintsAPanicsValue, which may be a part of the input.
func TestNothingPrintsAPanicsValue(t *testing.T) {
	err := &jobstore.PanicError{Value: testenv.Secret}
	testenv.Hides(t, err, *err)
}
