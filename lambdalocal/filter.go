package lambdalocal

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// maxFilters is the quota that Lambda grants at most.
const (
	maxFilters       = 10
	maxFilterPattern = 4096
)

// FilterCriteria returns the patterns of a FilterCriteria document as a template
// or the command line has it, {"Filters":[{"Pattern":"..."}]}, for the option of
// that name. They are checked by MapStream.
func FilterCriteria(document string) ([]string, error) {
	var criteria struct{ Filters []struct{ Pattern string } }
	d := json.NewDecoder(bytes.NewReader([]byte(document)))
	d.DisallowUnknownFields()
	if err := d.Decode(&criteria); err != nil {
		return nil, fmt.Errorf("lambdalocal: filter criteria: %w", err)
	}
	var patterns []string
	for _, f := range criteria.Filters {
		patterns = append(patterns, f.Pattern)
	}
	return patterns, nil
}

// filters are alternatives; none match everything.
type filters []condition

func parseFilters(patterns []string) (filters, error) {
	if len(patterns) > maxFilters {
		return nil, fmt.Errorf("option FilterCriteria: %d patterns are more than %d", len(patterns), maxFilters)
	}
	var all filters
	for i, p := range patterns {
		c, err := parseFilter(p)
		if err != nil {
			return nil, fmt.Errorf("option FilterCriteria: pattern %d: %w", i, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func parseFilter(pattern string) (condition, error) {
	if len(pattern) > maxFilterPattern {
		return nil, fmt.Errorf("longer than %d characters", maxFilterPattern)
	}
	value, err := decodePattern(pattern)
	if err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	o, ok := value.(object)
	if !ok {
		return nil, fmt.Errorf("not a JSON object")
	}
	return parseObject(o, "")
}

func (f filters) match(data json.RawMessage) bool {
	if len(f) == 0 {
		return true
	}
	value, err := decode(data)
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

// decode keeps a number's text, by which rules compare it.
func decode(data []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return value, d.Decode(&value)
}
