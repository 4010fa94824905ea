package value_test

import (
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

type numbers struct {
	A, B int
	C    []uint8
	D    struct{ E *bool }
}

type message struct {
	ID    string
	Tags  []string
	Score float64
	At    time.Time
	Extra map[string]any
}

var (
	text = strings.Repeat("text ", 20)
	msg  = message{ID: text, Tags: []string{text, text}, At: time.Now(), Extra: map[string]any{"a": text, "b": 1.5}}
)

// TestAllocations are of a check whose values need no walk.
func TestAllocations(t *testing.T) {
	for name, check := range map[string]func() error{
		"string":  func() error { return value.CheckValue("input", text) },
		"int":     func() error { return value.CheckValue("input", 42) },
		"numbers": func() error { return value.CheckValue("input", numbers{}) },
		"bytes":   func() error { return value.CheckValue("input", []byte(nil)) },
	} {
		if n := testing.AllocsPerRun(100, func() {
			if err := check(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkCheckValue(b *testing.B) {
	benchmark(b, "string", text)
	benchmark(b, "int", 42)
	benchmark(b, "numbers", numbers{})
	benchmark(b, "message", msg)
	benchmark(b, "metadata", map[string]any{"user": text, "page": 7.0})
}

func benchmark[T any](b *testing.B, name string, v T) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := value.CheckValue("input", v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
