package value

import (
	"fmt"
	"reflect"
	"strconv"
)

// A problem is why a type or value is refused, and where in it. The path grows from
// its end while the walk returns.
type problem struct {
	path string
	text string
}

func refuse(format string, args ...any) *problem {
	return &problem{text: fmt.Sprintf(format, args...)}
}

func (p *problem) in(segment string) *problem {
	p.path = segment + p.path
	return p
}

func (p *problem) inField(name string) *problem { return p.in("." + name) }

// inElement names an element of a slice by its index.
func (p *problem) inElement(i int) *problem { return p.in("[" + strconv.Itoa(i) + "]") }

// inElements names an element of a type, or of a map: a key is a part of the value.
func (p *problem) inElements() *problem { return p.in("[]") }

// err is nil for no problem.
func (p *problem) err(field string) error {
	if p == nil {
		return nil
	}
	return fmt.Errorf("%s%s: %s", field, p.path, p.text)
}

// TypeName is t with its whole import path, as in math/big.Int.
func TypeName(t reflect.Type) string {
	if t.PkgPath() == "" || t.Name() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}
