package input

import (
	"testing"
)

func TestSame(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b any
		want bool
	}{
		"text":             {"a", "a", true},
		"other text":       {"a", "b", false},
		"a read number":    {map[string]any{"n": 1}, map[string]any{"n": 1.0}, true},
		"another number":   {map[string]any{"n": 1}, map[string]any{"n": 2.0}, false},
		"what has no JSON": {func() {}, func() {}, false},
	} {
		if got := Same(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
