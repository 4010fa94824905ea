package driver_test

import (
	"errors"
	"math"
	"testing"
	"time"

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

func TestMaxAttemptsHasALimit(t *testing.T) {
	attempts := func(n int) error {
		_, err := driver.CreateOptions([]func(*jobstore.CreateOptions){func(o *jobstore.CreateOptions) { o.MaxAttempts = n }}, 3, jobstore.KeepForever, time.Now())
		return err
	}
	if err := attempts(1_000_000); err != nil {
		t.Error(err)
	}
	for _, n := range []int{-1, 1_000_001, math.MaxInt} {
		if err := attempts(n); !errors.Is(err, jobstore.ErrInvalid) {
			t.Errorf("%d: %v, want ErrInvalid", n, err)
		}
	}
}
