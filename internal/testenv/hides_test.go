package testenv

import "testing"

func TestHides(t *testing.T) {
	f := &failures{TB: t}
	if Hides(f, struct{ Value any }{Secret}); f.n != 9 {
		t.Errorf("%d failures of a value that hides nothing, want one for each of eight verbs and JSON", f.n)
	}
	f = &failures{TB: t}
	if Hides(f, struct{}{}); f.n != 0 {
		t.Errorf("%d failures of a value that has nothing", f.n)
	}
}
