package filter

import (
	"encoding/json"
	"strings"
)

// operators are all that Lambda has, and make a rule of their argument. EventBridge's
// others do not work in Lambda.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
var operators = map[string]func(arg any, path string) (rule, error){
	"exists":             parseExists,
	"anything-but":       parseAnythingBut,
	"numeric":            parseNumeric,
	"prefix":             compareText(strings.HasPrefix),
	"suffix":             compareText(strings.HasSuffix),
	"equals-ignore-case": compareText(strings.EqualFold),
}

func parseRules(list []any, path string) (rules, error) {
	if len(list) == 0 {
		return nil, at(path, "an empty array")
	}
	var all rules
	for _, v := range list {
		r, err := parseRule(v, path)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func parseRule(value any, path string) (rule, error) {
	switch v := value.(type) {
	case []any:
		return nil, at(path, "a rule must not be an array")
	case object:
		if len(v) != 1 {
			return nil, at(path, "a rule must have one operator")
		}
		parse, ok := operators[v[0].name]
		if !ok {
			return nil, at(path, "unknown operator %q", v[0].name)
		}
		return parse(v[0].value, path)
	}
	return equals(value), nil
}

// equals compares numbers by their text, as Lambda does: 300 is neither 300.0 nor 3e2.
func equals(want any) rule { return func(leaf any) bool { return leaf == want } }

func compareText(test func(s, arg string) bool) func(any, string) (rule, error) {
	return func(arg any, path string) (rule, error) {
		want, ok := arg.(string)
		if !ok {
			return nil, at(path, "the operator takes a string")
		}
		return func(leaf any) bool {
			s, ok := leaf.(string)
			return ok && test(s, want)
		}, nil
	}
}

func parseExists(arg any, path string) (rule, error) {
	want, ok := arg.(bool)
	if !ok {
		return nil, at(path, "exists takes true or false")
	}
	return func(leaf any) bool { return (leaf != absent{}) == want }, nil
}

// parseAnythingBut takes one value or a list. A record without the name does not
// match.
func parseAnythingBut(arg any, path string) (rule, error) {
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	var texts, numbers int
	for _, v := range list {
		switch v.(type) {
		case string:
			texts++
		case json.Number:
			numbers++
		}
	}
	if len(list) == 0 || max(texts, numbers) != len(list) {
		return nil, at(path, "anything-but takes strings only, or numbers only")
	}
	return func(leaf any) bool {
		for _, v := range list {
			if leaf == v {
				return false
			}
		}
		return leaf != absent{}
	}, nil
}
