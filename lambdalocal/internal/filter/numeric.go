package filter

import "encoding/json"

// parseNumeric takes "=" and a number, or one or both bounds of a range.
func parseNumeric(arg any, path string) (rule, error) {
	list, _ := arg.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, at(path, "numeric takes an operator and a number, once or twice")
	}
	var tests []bound
	for ; len(list) > 0; list = list[2:] {
		b, err := parseBound(list[0], list[1], path)
		if err != nil {
			return nil, err
		}
		tests = append(tests, b)
	}
	if len(tests) == 2 && !isRange(tests[0], tests[1]) {
		return nil, at(path, "numeric takes two operators only as the two bounds of a range")
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

func parseBound(operator, value any, path string) (bound, error) {
	name, _ := operator.(string)
	switch name {
	case "=", "<", "<=", ">", ">=":
	default:
		return bound{}, at(path, "numeric takes =, <, <=, > and >=")
	}
	n, ok := number(value)
	if !ok {
		return bound{}, at(path, "numeric takes numbers")
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

func isRange(a, b bound) bool {
	if a.operator[0] == '<' {
		a, b = b, a
	}
	return a.operator[0] == '>' && b.operator[0] == '<' && a.value < b.value
}

// number is false for a string, such as a number in an item.
func number(v any) (float64, bool) {
	text, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := text.Float64()
	return n, err == nil
}
