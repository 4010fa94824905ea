package filter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// object is a JSON object with its members in order. A pattern may have the same name
// twice, as in an example of AWS, and then both count.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func decodePattern(pattern string) (any, error) {
	d := json.NewDecoder(strings.NewReader(pattern))
	d.UseNumber()
	value, err := decodeValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return value, nil
}

func decodeValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(d)
	case json.Delim('['):
		return decodeArray(d)
	}
	return token, nil
}

func decodeObject(d *json.Decoder) (any, error) {
	o := object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := decodeValue(d)
		if err != nil {
			return nil, err
		}
		o = append(o, member{name.(string), value})
	}
	_, err := d.Token() // the closing brace
	return o, err
}

func decodeArray(d *json.Decoder) (any, error) {
	a := []any{}
	for d.More() {
		value, err := decodeValue(d)
		if err != nil {
			return nil, err
		}
		a = append(a, value)
	}
	_, err := d.Token() // the closing bracket
	return a, err
}

// parseObject makes a condition of an object of a pattern at path.
func parseObject(o object, path string) (condition, error) {
	if len(o) == 0 {
		return nil, at(path, "an empty object")
	}
	var every all
	for _, m := range o {
		c, err := parseMember(m, join(path, m.name))
		if err != nil {
			return nil, err
		}
		every = append(every, c)
	}
	return every, nil
}

func parseMember(m member, path string) (condition, error) {
	if m.name == "$or" {
		return parseOr(m.value, path)
	}
	switch v := m.value.(type) {
	case object:
		c, err := parseObject(v, path)
		return field{m.name, c}, err
	case []any:
		rules, err := parseRules(v, path)
		return field{m.name, rules}, err
	}
	return nil, at(path, "must be an object or an array of rules")
}

func parseOr(value any, path string) (condition, error) {
	list, ok := value.([]any)
	if !ok || len(list) < 2 {
		return nil, at(path, "must be an array of two objects or more")
	}
	var one either
	for i, v := range list {
		path := fmt.Sprintf("%s[%d]", path, i)
		o, ok := v.(object)
		if !ok {
			return nil, at(path, "must be an object")
		}
		c, err := parseObject(o, path)
		if err != nil {
			return nil, err
		}
		one = append(one, c)
	}
	return one, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func at(path, format string, args ...any) error {
	if path == "" {
		return fmt.Errorf(format, args...)
	}
	return fmt.Errorf("at %s: %w", path, fmt.Errorf(format, args...))
}
