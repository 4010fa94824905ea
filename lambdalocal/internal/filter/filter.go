// Package filter decides, as Lambda does, which records of a stream the filter
// criteria of a mapping let through.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

const (
	maxPatterns = 10 // the largest quota that Lambda grants
	maxLength   = 4096
)

// Patterns returns the patterns of a FilterCriteria document.
func Patterns(document string) ([]string, error) {
	var criteria struct{ Filters []struct{ Pattern string } }
	d := json.NewDecoder(bytes.NewReader([]byte(document)))
	d.DisallowUnknownFields()
	if err := d.Decode(&criteria); err != nil {
		return nil, err
	}
	var patterns []string
	for _, f := range criteria.Filters {
		patterns = append(patterns, f.Pattern)
	}
	return patterns, nil
}

// Filters are parsed patterns. A record passes if one of them matches, or if there
// are none.
type Filters []condition

// Parse refuses the patterns that Lambda refuses.
func Parse(patterns []string) (Filters, error) {
	if len(patterns) > maxPatterns {
		return nil, fmt.Errorf("%d patterns are more than %d", len(patterns), maxPatterns)
	}
	var all Filters
	for i, p := range patterns {
		c, err := parse(p)
		if err != nil {
			return nil, fmt.Errorf("pattern %d: %w", i, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func parse(pattern string) (condition, error) {
	if len(pattern) > maxLength {
		return nil, fmt.Errorf("longer than %d characters", maxLength)
	}
	value, err := decodePattern(pattern)
	if err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	o, ok := value.(object)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	return parseObject(o, "")
}

// Match reports whether the record, a JSON object, passes.
func (f Filters) Match(record []byte) bool {
	if len(f) == 0 {
		return true
	}
	value, err := decode(record)
	if err != nil {
		return false
	}
	for _, c := range f {
		if c.match(value) {
			return true
		}
	}
	return false
}

// decode keeps the text of numbers, because rules compare it.
func decode(data []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return value, d.Decode(&value)
}
