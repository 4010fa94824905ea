package streamproc_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestNothingPrintsAPanicsValue, which may be a part of the record.
func TestNothingPrintsAPanicsValue(t *testing.T) {
	err := &streamproc.PanicError{Value: testenv.Secret}
	testenv.Hides(t, err, *err)
}
