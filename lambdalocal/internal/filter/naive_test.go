package filter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// naive decides as event-ruler's documentation describes it, with none of the filter's
// code: a record is a list of fields, each with a path, a value and the elements of the
// arrays that it is in. A pattern matches if there is a field for every path, all in the
// same elements, or none where a path may be absent. pattern must be one that filter.Parse accepts.
func naive(pattern, record string) bool {
	fields, ok := fieldsOf(record)
	if !ok {
		return false
	}
	d := json.NewDecoder(strings.NewReader(pattern))
	d.UseNumber()
	_, _ = d.Token()
	for _, wanted := range naiveObject(d, "", []map[string][]any{{}}) {
		if joins(wanted, fields, map[int]int{}) {
			return true
		}
	}
	return false
}

// naiveObject reads the members of an object whose brace was read, into every list.
func naiveObject(d *json.Decoder, path string, lists []map[string][]any) []map[string][]any {
	for d.More() {
		name, _ := d.Token()
		open, _ := d.Token()
		inner := path + "\x00" + name.(string)
		switch {
		case name == "$or":
			var all []map[string][]any
			for d.More() {
				_, _ = d.Token()
				var copies []map[string][]any
				for _, l := range lists {
					copies = append(copies, maps.Clone(l))
				}
				all = append(all, naiveObject(d, path, copies)...)
			}
			_, _ = d.Token()
			lists = all
		case open == json.Delim('{'):
			lists = naiveObject(d, inner, lists)
		default:
			rules := []any{}
			for d.More() {
				var rule any
				_ = d.Decode(&rule)
				rules = append(rules, rule)
			}
			_, _ = d.Token()
			for _, l := range lists {
				l[inner] = rules
			}
		}
	}
	_, _ = d.Token()
	return lists
}

type naiveField struct {
	path  string
	value any
	in    map[int]int // the element, by the array
}

func fieldsOf(record string) (fields []naiveField, ok bool) {
	d := json.NewDecoder(strings.NewReader(record))
	d.UseNumber()
	var tree map[string]any
	if !json.Valid([]byte(record)) || d.Decode(&tree) != nil || tree == nil {
		return nil, false
	}
	arrays := 0
	var walk func(path string, v any, in map[int]int)
	walk = func(path string, v any, in map[int]int) {
		switch v := v.(type) {
		case map[string]any:
			for name, e := range v {
				walk(path+"\x00"+name, e, in)
			}
		case []any:
			arrays++
			id := arrays
			for i, e := range v {
				inner := in
				switch e.(type) {
				case map[string]any, []any:
					inner = maps.Clone(in)
					inner[id] = i
				}
				walk(path, e, inner)
			}
		default:
			fields = append(fields, naiveField{path, v, in})
		}
	}
	walk("", tree, map[int]int{})
	return fields, true
}

// joins takes the paths in their order. A path may be absent if no field has it in the
// elements that the paths before it have chosen.
func joins(wanted map[string][]any, fields []naiveField, in map[int]int) bool {
	if len(wanted) == 0 {
		return true
	}
	path := slices.MinFunc(slices.Collect(maps.Keys(wanted)), func(a, b string) int {
		return strings.Compare(strings.ReplaceAll(a, "\x00", "."), strings.ReplaceAll(b, "\x00", "."))
	})
	rest := maps.Clone(wanted)
	delete(rest, path)
	present := false
	for _, f := range fields {
		both, ok := consistent(in, f.in)
		if f.path != path || !ok {
			continue
		}
		present = true
		if naiveRules(wanted[path], f.value) && joins(rest, fields, both) {
			return true
		}
	}
	return !present && naiveAbsent(wanted[path]) && joins(rest, fields, in)
}

func consistent(a, b map[int]int) (both map[int]int, ok bool) {
	both = maps.Clone(a)
	for id, i := range b {
		if j, ok := both[id]; ok && i != j {
			return nil, false
		}
		both[id] = i
	}
	return both, true
}

func naiveAbsent(rules []any) bool {
	for _, r := range rules {
		if o, ok := r.(map[string]any); ok && o["exists"] == false {
			return true
		}
	}
	return false
}

func naiveRules(rules []any, value any) bool {
	for _, r := range rules {
		o, ok := r.(map[string]any)
		if !ok && fmt.Sprintf("%T%v", r, r) == fmt.Sprintf("%T%v", value, value) || ok && naiveRule(o, value) {
			return true
		}
	}
	return false
}

func naiveRule(o map[string]any, value any) bool {
	text, isText := value.(string)
	for operator, arg := range o {
		switch operator {
		case "exists":
			return arg == true
		case "prefix":
			return isText && len(text) >= len(arg.(string)) && text[:len(arg.(string))] == arg
		case "suffix":
			return isText && len(text) >= len(arg.(string)) && text[len(text)-len(arg.(string)):] == arg
		case "equals-ignore-case":
			return isText && naiveCase([]rune(text), []rune(arg.(string)))
		case "anything-but":
			list, isList := arg.([]any)
			if !isList {
				list = []any{arg}
			}
			return !naiveRules(list, value)
		case "numeric":
			n, isNumber := value.(json.Number)
			return isNumber && naiveNumeric(arg.([]any), n)
		}
	}
	panic("no operator")
}

func naiveCase(text, want []rune) bool {
	if len(text) != len(want) {
		return false
	}
	for i, r := range want {
		lower, upper := unicode.ToLower(r), unicode.ToUpper(r)
		if r > 0xFFFF || r == 'İ' {
			lower = r // and Java's upper case of İ is İ
		}
		if r > 0xFFFF || upper >= 0x1F80 && upper <= 0x1FFC && unicode.IsTitle(upper) {
			upper = r
		}
		if text[i] != lower && text[i] != upper {
			return false
		}
	}
	return true
}

// naiveNumeric compares fractions of big integers.
func naiveNumeric(bounds []any, n json.Number) bool {
	value, ok := fraction(n.String())
	if !ok {
		return false
	}
	for ; len(bounds) > 0; bounds = bounds[2:] {
		bound, _ := fraction(bounds[1].(json.Number).String())
		c := value.Cmp(bound)
		switch bounds[0] {
		case "=":
			ok = ok && c == 0
		case "<":
			ok = ok && c < 0
		case "<=":
			ok = ok && c <= 0
		case ">":
			ok = ok && c > 0
		case ">=":
			ok = ok && c >= 0
		}
	}
	return ok
}

// fraction is false for a number that is not the shortest text of a float64.
func fraction(text string) (*big.Rat, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	if _, power, ok := strings.Cut(strings.ToLower(text), "e"); ok && len(bytes.TrimLeft([]byte(power), "+-0")) > 3 {
		return new(big.Rat), f == 0 && strings.Trim(text[:strings.IndexAny(text, "eE")], "-0.") == ""
	}
	exact, _ := new(big.Rat).SetString(text)
	shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'e', -1, 64))
	return exact, exact.Cmp(shortest) == 0
}
