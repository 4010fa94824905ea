package filter_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// FuzzMatch: no pattern and no record makes anything panic, and the filter decides as the
// naive one.
func FuzzMatch(f *testing.F) {
	data, err := os.ReadFile("testdata/event-ruler.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if part := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(part) == 3 {
			f.Add(part[1], part[2])
		}
	}
	f.Fuzz(func(t *testing.T, pattern, record string) {
		filters, err := filter.Parse([]string{pattern})
		if err != nil {
			return
		}
		got := filters.Match([]byte(record))
		if len(pattern) > 200 || len(record) > 200 {
			return // the naive one takes its time
		}
		if want := naive(pattern, record); got != want {
			t.Errorf("%q of %q passes: %v, want %v", pattern, record, got, want)
		}
	})
}
