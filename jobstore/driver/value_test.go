package driver_test

import (
	"errors"
	"math"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

func TestCheckTypes(t *testing.T) {
	if err := driver.CheckTypes[string, map[string]any](); err != nil {
		t.Error(err)
	}
	if err := driver.CheckTypes[struct{ Done chan int }, string](); err == nil || err.Error() != "input.Done: chan int cannot be stored" {
		t.Errorf("the input's type: %v", err)
	}
	if err := driver.CheckTypes[string, []error](); err == nil || err.Error() != "output[]: error is an interface, into which nothing decodes" {
		t.Errorf("the output's type: %v", err)
	}
}

func TestCheckValue(t *testing.T) {
	if err := driver.CheckValue("output", []float64{0.5}); err != nil {
		t.Error(err)
	}
	err := driver.CheckValue("output", []float64{0.5, math.NaN()})
	if !errors.Is(err, jobstore.ErrInvalid) || err.Error() != "invalid argument: output[1]: NaN" {
		t.Errorf("%v", err)
	}
}
