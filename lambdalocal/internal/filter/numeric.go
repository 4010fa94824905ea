package filter

import (
	"encoding/json"
	"strconv"
	"strings"
)

// parseNumeric takes "=" and a number, or one or both bounds of a range.
func parseNumeric(arg any, p place) (rule, error) {
	list, _ := arg.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, p.error("numeric takes an operator and a number, once or twice")
	}
	var tests []bound
	for ; len(list) > 0; list = list[2:] {
		b, err := parseBound(list[0], list[1], p)
		if err != nil {
			return nil, err
		}
		tests = append(tests, b)
	}
	if len(tests) == 2 && !isRange(tests[0], tests[1]) {
		return nil, p.error("numeric takes two operators only as the two bounds of a range")
	}
	return func(leaf any) bool {
		n, ok := number(leaf)
		for _, b := range tests {
			ok = ok && b.admits(n)
		}
		return ok
	}, nil
}

type bound struct {
	operator string
	value    float64
}

func parseBound(operator, value any, p place) (bound, error) {
	name, _ := operator.(string)
	switch name {
	case "=", "<", "<=", ">", ">=":
	default:
		return bound{}, p.error("numeric takes =, <, <=, > and >=")
	}
	n, ok := number(value)
	if !ok {
		return bound{}, p.error("numeric takes numbers that a float64 holds")
	}
	return bound{name, n}, nil
}

func (b bound) admits(n float64) bool {
	switch b.operator {
	case "=":
		return n == b.value
	case "<":
		return n < b.value
	case "<=":
		return n <= b.value
	case ">":
		return n > b.value
	}
	return n >= b.value
}

// isRange reports whether the two are the lower and then the upper bound of a range.
func isRange(a, b bound) bool {
	return a.operator[0] == '>' && b.operator[0] == '<' && a.value < b.value
}

// number returns the value of a JSON number. It is false for a string, such as a number in
// an item, and for a number that event-ruler does not compare: one that is not the shortest
// text of a float64, but for zeros and the place of the point.
func number(v any) (float64, bool) {
	text, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := text.Float64()
	return n, err == nil && decimalOf(text.String()) == decimalOf(strconv.FormatFloat(n, 'e', -1, 64))
}

// decimal is a number as 0.digits times a power of ten.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

func decimalOf(number string) (d decimal) {
	number, d.negative = strings.CutPrefix(number, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d.exponent, _ = strconv.Atoi(power)
	d.exponent += len(whole) - (len(whole) + len(fraction) - len(digits))
	if d.digits = strings.TrimRight(digits, "0"); d.digits == "" {
		return decimal{}
	}
	return d
}
