package recent

import (
	"strconv"
	"testing"
)

func TestSetForgetsTheOldest(t *testing.T) {
	var s Set
	if s.Has("0") || s.Has("") {
		t.Error("an empty set has an ID")
	}
	for n := range size + 1 {
		s.Add(strconv.Itoa(n))
		s.Add(strconv.Itoa(n)) // counts once
	}
	if s.Has("0") || !s.Has("1") || !s.Has(strconv.Itoa(size)) || len(s.has) != size {
		t.Errorf("0: %t, 1: %t, the latest: %t, %d in all; want all but 0", s.Has("0"), s.Has("1"), s.Has(strconv.Itoa(size)), len(s.has))
	}
}
