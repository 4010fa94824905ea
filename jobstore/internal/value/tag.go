package value

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A tag is what one encoding reads of a field's tag.
type tag struct {
	name     string // empty when the encoding takes the field's name
	options  []string
	excluded bool
}

func (t tag) has(option string) bool { return slices.Contains(t.options, option) }

func (t tag) hasAny(options ...string) bool { return slices.ContainsFunc(options, t.has) }

func jsonTag(f reflect.StructField) tag {
	text := f.Tag.Get("json")
	t := splitTag(text)
	t.excluded = text == "-"
	return t
}

// dynamoTag reads "-," as an exclusion, as attributevalue does and encoding/json
// does not.
func dynamoTag(f reflect.StructField) tag {
	t := splitTag(f.Tag.Get("dynamodbav"))
	t.excluded = t.name == "-"
	return t
}

func splitTag(text string) tag {
	name, options, _ := strings.Cut(text, ",")
	return tag{name: name, options: strings.Split(options, ",")}
}

// validJSONName is false of a name that encoding/json ignores.
func validJSONName(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	}) < 0
}
