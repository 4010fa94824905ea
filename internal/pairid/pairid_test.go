package pairid_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/pairid"
)

func TestPairs(t *testing.T) {
	for _, c := range []struct{ partition, id, joined string }{
		{"acme", "1", "acme:1"},
		{"sub::username", "1", "sub::username:1"},
		{":", "1", "::1"},
		{"a/b", "c#d", "a/b:c#d"},
	} {
		if got, ok := pairid.Join(c.partition, c.id); got != c.joined || !ok {
			t.Errorf("Join(%q, %q) = %q, %t", c.partition, c.id, got, ok)
		}
		if partition, id, ok := pairid.Split(c.joined); partition != c.partition || id != c.id || !ok {
			t.Errorf("Split(%q) = %q, %q, %t", c.joined, partition, id, ok)
		}
	}
	for _, c := range [][2]string{{"", "1"}, {"acme", ""}, {"acme", "1:2"}, {"", ""}} {
		if got, ok := pairid.Join(c[0], c[1]); ok {
			t.Errorf("Join(%q, %q) = %q, want none: it is another pair's", c[0], c[1], got)
		}
	}
	for _, joined := range []string{"", "1", ":1", "acme:", ":"} {
		if partition, id, ok := pairid.Split(joined); ok {
			t.Errorf("Split(%q) = %q, %q, want none", joined, partition, id)
		}
	}
}
