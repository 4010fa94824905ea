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
	"io"
	"unicode/utf16"
)

const (
	maxPatterns = 5 // by default; Lambda grants 10 on request
	maxLength   = 4096
)

// Patterns returns the patterns of a FilterCriteria document.
func Patterns(document string) ([]string, error) {
	var criteria map[string][]map[string]string // a struct's fields match in any case
	if err := json.Unmarshal([]byte(document), &criteria); err != nil {
		return nil, errors.New("not a JSON object with a list of Filters")
	}
	if _, ok := criteria["Filters"]; !ok || len(criteria) != 1 {
		return nil, errors.New("want the member Filters only")
	}
	var patterns []string
	for i, f := range criteria["Filters"] {
		pattern, ok := f["Pattern"]
		if !ok || len(f) != 1 {
			return nil, fmt.Errorf("filter %d: want the member Pattern only", i)
		}
		patterns = append(patterns, pattern)
	}
	return patterns, nil
}

// Filters are parsed patterns. A record passes if one of them matches, or if there
// are none.
type Filters []pattern

// Parse refuses the patterns that Lambda refuses.
func Parse(patterns []string) (Filters, error) {
	if len(patterns) > maxPatterns {
		return nil, fmt.Errorf("%d patterns are more than %d", len(patterns), maxPatterns)
	}
	var all Filters
	for i, text := range patterns {
		p, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("pattern %d: %w", i, err)
		}
		all = append(all, p)
	}
	return all, nil
}

func parse(text string) (pattern, error) {
	if len(utf16.Encode([]rune(text))) > maxLength {
		return nil, fmt.Errorf("longer than %d characters", maxLength)
	}
	value, err := decodePattern(text)
	if err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	o, ok := value.(object)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	return compile(o)
}

// Match reports whether the record, a JSON object, passes.
func (f Filters) Match(record []byte) bool {
	if len(f) == 0 {
		return true
	}
	value, err := decode(record)
	if _, ok := value.(map[string]any); err != nil || !ok {
		return false
	}
	for _, p := range f {
		if p.match(value) {
			return true
		}
	}
	return false
}

// decode keeps the text of numbers, because rules compare it.
func decode(data []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the record")
	}
	return value, nil
}
