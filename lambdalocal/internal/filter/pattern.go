package filter

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// object is a JSON object with its members in order, since a pattern may have the same
// name twice, as in an example of AWS.
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
