package option_test

import (
	"errors"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// panicOf returns what call panics with, or nil.
func panicOf(call func()) (value any) {
	defer func() { value = recover() }()
	call()
	return nil
}

func TestApply(t *testing.T) {
	add := func(n int) func(*int) { return func(o *int) { *o = *o*10 + n } }
	var got int
	option.Apply("pkg: New", &got, []func(*int){add(1), add(2)})
	if got != 12 {
		t.Errorf("got %d, want 12", got)
	}
	for want, opts := range map[string][]func(*int){
		"pkg: New: option 1 of 1 is nil": {nil},
		"pkg: New: option 2 of 3 is nil": {add(1), nil, nil},
	} {
		if got := panicOf(func() { option.Apply("pkg: New", new(int), opts) }); got != want {
			t.Errorf("panicked with %v, want %q", got, want)
		}
	}
}

func TestRename(t *testing.T) {
	failure := errors.New("inner: New: failed")
	for name, tt := range map[string]struct{ value, want any }{
		"nothing":        {nil, nil},
		"the inner one":  {"inner: New: Options.N is 0", "outer: New: Options.N is 0"},
		"another's text": {"other: New: Options.N is 0", "other: New: Options.N is 0"},
		"an error":       {failure, failure},
	} {
		got := panicOf(func() {
			defer option.Rename("inner: New", "outer: New")
			if tt.value != nil {
				panic(tt.value)
			}
		})
		if got != tt.want {
			t.Errorf("%s: panicked with %v, want %v", name, got, tt.want)
		}
	}
}
