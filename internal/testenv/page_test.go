package testenv

import (
	"fmt"
	"testing"
)

// failures counts what a check reports.
type failures struct {
	testing.TB
	n int
}

func (f *failures) Helper()               {}
func (f *failures) Errorf(string, ...any) { f.n++ }

func TestFigures(t *testing.T) {
	const page, row = "docs/benchmarks.md", "| triggers and work in one function |"
	for _, c := range []struct {
		row  string
		want []float64
		ok   bool
	}{
		{row, []float64{50, 1.09}, true},
		{row, []float64{52, 1.09}, true},
		{row, []float64{60, 1.09}, false},
		{row, []float64{50, 1.09, 7}, false},
		{"| no such row |", []float64{50}, false},
	} {
		t.Run(fmt.Sprint(c.want), func(t *testing.T) {
			f := &failures{TB: t}
			if Figures(f, page, c.row, 0.05, c.want...); (f.n == 0) != c.ok {
				t.Errorf("%d failures in %s of %v", f.n, c.row, c.want)
			}
		})
	}
}
