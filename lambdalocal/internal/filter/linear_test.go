//go:build !race

package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// TestLinearTime doubles records. The race detector distorts times.
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
			if ratio := growth(filters, record); ratio > 3 {
				t.Errorf("a pattern of %s on a record with %s: twice the bytes take %.1f times as long", of, with, ratio)
			}
		}
	}
}

func image(members string) string { return `{"dynamodb":{"NewImage":{` + members + `}}}` }

// growth is how many times as long a record of twice the bytes takes. A suspicion is looked
// into again, also at larger sizes.
func growth(f filter.Filters, record func(n int) string) (ratio float64) {
	for _, n := range []int{64 << 10, 256 << 10, 1 << 20, 3 << 20} {
		small, large := []byte(record(n)), []byte(record(2*n))
		var two time.Duration
		for range 3 {
			one := least(f, small)
			two = least(f, large)
			if ratio = float64(two) / float64(one); ratio <= 3 {
				return ratio
			}
		}
		if two > 500*time.Millisecond {
			break
		}
	}
	return ratio
}

func least(f filter.Filters, record []byte) time.Duration {
	best := time.Hour
	for range 4 {
		began := time.Now()
		f.Match(record)
		best = min(best, time.Since(began))
	}
	return best
}
