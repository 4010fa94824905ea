package filter

import (
	"encoding/json"
	"strings"
	"unicode"
)

// rule decides about a leaf: a string, json.Number, bool or nil.
type rule func(leaf any) bool

// operators are all that Lambda has, and make a rule of their argument. EventBridge's
// others do not work in Lambda.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
var operators = map[string]func(arg any, p place) (rule, error){
	"anything-but":       parseAnythingBut,
	"numeric":            parseNumeric,
	"prefix":             compareText(strings.HasPrefix),
	"suffix":             compareText(strings.HasSuffix),
	"equals-ignore-case": compareText(equalIgnoringCase),
}

func parseLeaf(list []any, p place) (*leaf, error) {
	if len(list) == 0 {
		return nil, p.error("an empty array")
	}
	l := &leaf{path: p.path}
	for _, v := range list {
		if err := l.add(v, p); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *leaf) add(value any, p place) error {
	switch v := value.(type) {
	case []any:
		return p.error("a rule must not be an array")
	case object:
		if len(v) != 1 {
			return p.error("a rule must have one operator")
		}
		return l.operator(v[0].name, v[0].value, p)
	}
	l.rules = append(l.rules, equals(value))
	return nil
}

func (l *leaf) operator(name string, arg any, p place) error {
	if name == "exists" {
		return l.exists(arg, p)
	}
	parse, ok := operators[name]
	if !ok {
		return p.error("unknown operator %q", name)
	}
	r, err := parse(arg, p)
	l.rules = append(l.rules, r)
	return err
}

func (l *leaf) exists(arg any, p place) error {
	switch arg {
	case true:
		l.rules = append(l.rules, func(any) bool { return true })
	case false:
		l.absent = true
	default:
		return p.error("exists takes true or false")
	}
	return nil
}

// equals compares numbers by their text, as Lambda's page says: 300 is neither 300.0 nor
// 3e2. event-ruler would compare their values.
func equals(want any) rule { return func(leaf any) bool { return leaf == want } }

func compareText(test func(s, arg string) bool) func(any, place) (rule, error) {
	return func(arg any, p place) (rule, error) {
		want, ok := arg.(string)
		if !ok {
			return nil, p.error("the operator takes a string")
		}
		return func(leaf any) bool {
			s, ok := leaf.(string)
			return ok && test(s, want)
		}, nil
	}
}

// equalIgnoringCase takes the upper and the lower case of each character of the pattern,
// as event-ruler does. So k is not the Kelvin sign, which strings.EqualFold would take.
func equalIgnoringCase(s, want string) bool {
	rest := []rune(s)
	for _, r := range want {
		if len(rest) == 0 || rest[0] != lower(r) && rest[0] != upper(r) {
			return false
		}
		rest = rest[1:]
	}
	return len(rest) == 0
}

// maxUTF16 is the last character that is one char to Java. event-ruler goes by chars, and
// so knows no case of the characters above it.
const maxUTF16 = 0xFFFF

// lower is r if its lower case is not one character to Java: that of İ has a dot of its own.
func lower(r rune) rune {
	if r > maxUTF16 || r == 'İ' {
		return r
	}
	return unicode.ToLower(r)
}

// upper is r if its upper case is not one character to Java: that of ᾳ is ΑΙ. To Go it is
// the title case.
func upper(r rune) rune {
	if u := unicode.ToUpper(r); r <= maxUTF16 && !unicode.IsTitle(u) {
		return u
	}
	return r
}

// parseAnythingBut takes one value or a list.
func parseAnythingBut(arg any, p place) (rule, error) {
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
			if _, ok := number(v); !ok {
				return nil, p.error("anything-but takes numbers that a float64 holds")
			}
			numbers++
		}
	}
	if len(list) == 0 || max(texts, numbers) != len(list) {
		return nil, p.error("anything-but takes strings only, or numbers only")
	}
	return func(leaf any) bool {
		for _, v := range list {
			if leaf == v {
				return false
			}
		}
		return true
	}, nil
}
