package lambdahttp_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// TestNothingPrintsAPanicsValue, which may be a part of the request.
func TestNothingPrintsAPanicsValue(t *testing.T) {
	err := &lambdahttp.PanicError{Value: testenv.Secret}
	testenv.Hides(t, err, *err)
}
