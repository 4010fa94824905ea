package selfinvoke_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestNothingPrintsAPanicsValue, which may be a part of the payload.
func TestNothingPrintsAPanicsValue(t *testing.T) {
	err := &selfinvoke.PanicError{Value: testenv.Secret}
	testenv.Hides(t, err, *err)
}
