package avjson

import (
	"slices"
	"strings"
)

// Malformed is an attribute value that DynamoDB would not have written. Its text
// names the path and no value.
type Malformed struct {
	steps   []string // from the value to the record
	Problem string
}

func (e *Malformed) Error() string { return e.Path() + " " + e.Problem }

// maxPath bounds a path, since a name may have 64 KB, and a path many names.
const maxPath = 1 << 10

// Path is the path to the value, such as NewImage.items[2].price. The middle of a path that
// is too long is left out.
func (e *Malformed) Path() string {
	steps := slices.Clone(e.steps)
	slices.Reverse(steps)
	path := strings.Join(steps, "")
	if len(path) <= maxPath {
		return path
	}
	return strings.ToValidUTF8(path[:maxPath/2], "") + "…" + strings.ToValidUTF8(path[len(path)-maxPath/2:], "")
}

// under puts a step before the path of an error.
func under(step string, e *Malformed) *Malformed {
	if e != nil {
		e.steps = append(e.steps, step)
	}
	return e
}

func wrong(tag string) *Malformed {
	return &Malformed{Problem: "has the type tag " + tag + " but no such value"}
}

func unless(ok bool, tag string) *Malformed {
	if ok {
		return nil
	}
	return wrong(tag)
}
