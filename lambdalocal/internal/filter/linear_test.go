//go:build unix && !race

package filter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// TestLinearTime checks each pattern on each kind of record.
func TestLinearTime(t *testing.T) {
	const many = `{"dynamodb":{"NewImage":{"l":{"L":{"M":{"a":{"S":["x"]},"b":{"S":[{"exists":false}]},"c":{"N":[{"numeric":[">",1]},{"anything-but":[1,2]}]}}}}}}}`
	patterns := map[string]string{
		"elements":     many,
		"combinations": `{` + strings.Repeat(`"$or":[{"a":["x"]},{"l":{"b":["y"]}}],`, 6) + `"z":[{"suffix":"q"}]}`,
		"ignore case":  `{"dynamodb":{"NewImage":{"s":{"S":[{"equals-ignore-case":"x"},{"prefix":"aaaaaaaaaab"},{"suffix":"baaaaaaaaa"}]}}}}`,
		"numeric":      `{"dynamodb":{"n":[{"numeric":["=",1]}]}}`,
	}
	records := map[string]func(n int) string{
		"a list": func(n int) string {
			return image(`"l":{"L":[` + strings.Repeat(`{"M":{"a":{"S":"y"},"c":{"N":"1"}}},`, n/36) + `{}]}`)
		},
		"nested lists": func(n int) string {
			return image(`"l":{"L":` + strings.Repeat(`[[],`, min(n/6, 2000)) + `1` + strings.Repeat(`]`, min(n/6, 2000)) + `},"x":"` + strings.Repeat("a", n) + `"`)
		},
		"a long text":   func(n int) string { return image(`"s":{"S":"` + strings.Repeat("a", n) + `"}`) },
		"a long number": func(n int) string { return `{"dynamodb":{"n":` + strings.Repeat("1", n) + `}}` },
		"zeros":         func(n int) string { return `{"dynamodb":{"n":0.` + strings.Repeat("0", n) + `1}}` },
		"many names": func(n int) string {
			var b strings.Builder
			for i := range n / 16 {
				fmt.Fprintf(&b, `"a%d":{"S":"y"},`, i)
			}
			return image(b.String() + `"z":1`)
		},
	}
	for of, pattern := range patterns {
		filters, err := filter.Parse([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		for with, record := range records {
			lineartest.Check(t, "a pattern of "+of+" on a record with "+with, func(n int) func() {
				text := []byte(record(n))
				return func() { filters.Match(text) }
			})
		}
	}
}

func image(members string) string { return `{"dynamodb":{"NewImage":{` + members + `}}}` }
