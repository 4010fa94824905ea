package value

import (
	"encoding/json"
	"reflect"
	"time"
)

var (
	timeType       = reflect.TypeFor[time.Time]()
	rawMessageType = reflect.TypeFor[json.RawMessage]()
	byteType       = reflect.TypeFor[byte]()
	bytesesType    = reflect.TypeFor[[][]byte]()
)

// A site is where in a value a type is found.
type site struct {
	addressable bool // so that the encoders find methods of a pointer
	pointed     bool // behind a pointer, which JSON's null makes nil
	flat        bool // a struct whose fields are encoded as those of the one around it
}

type key struct {
	reflect.Type
	site
}

// A node is a type at a site.
type node struct {
	check  checker // nil when every value is accepted
	height int     // of the maps and lists in it
	done   bool
}

// needed reports whether values have to be checked. A node that is not done is that
// of a recursive type, whose depth has to.
func (n *node) needed() bool { return !n.done || n.check != nil }

// A compiler makes the plan of one type.
type compiler struct {
	nodes     map[key]*node
	deep      bool // count the depth of all values
	recursive bool
	dynamo    bool
}

func makePlan(t reflect.Type) *plan {
	c := &compiler{nodes: map[key]*node{}}
	n, refused := c.compile(t, site{addressable: true})
	if refused == nil && (c.recursive || n.height > MaxDepth) {
		c = &compiler{nodes: map[key]*node{}, deep: true}
		n, refused = c.compile(t, site{addressable: true})
	}
	if refused != nil {
		return &plan{refused: refused}
	}
	return &plan{check: n.check, dynamo: c.dynamo}
}

// compile refuses t or returns what checks its values.
func (c *compiler) compile(t reflect.Type, s site) (*node, *problem) {
	k := key{t, s}
	if n, ok := c.nodes[k]; ok {
		c.recursive = c.recursive || !n.done
		return n, nil
	}
	n := &node{}
	c.nodes[k] = n
	p := c.fill(n, t, s)
	n.done = true
	return n, p
}

func (c *compiler) fill(n *node, t reflect.Type, s site) *problem {
	switch {
	case t == timeType:
		n.check = checkTime
		return nil
	case t == rawMessageType:
		n.check = rawChecker(s)
		return nil
	case t.Kind() == reflect.Interface && t.NumMethod() == 0:
		n.check = func(w *walk, v reflect.Value) *problem { return checkAny(w, v.Interface()) }
		return nil
	case t.Kind() == reflect.Interface:
		return refuse("%s is an interface, into which nothing decodes", TypeName(t))
	}
	if methods := customOf(t); t.Kind() != reflect.Pointer && methods.any() {
		c.dynamo = c.dynamo || methods.dynamo.any()
		n.check = methods.checker(s)
		return methods.refusal(t, s)
	}
	return c.fillKind(n, t, s)
}

func (c *compiler) fillKind(n *node, t reflect.Type, s site) *problem {
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.Uintptr, reflect.UnsafePointer:
		return refuse("%s cannot be stored", TypeName(t))
	case reflect.String:
		n.check = stringChecker(t)
	case reflect.Float32:
		n.check = func(_ *walk, v reflect.Value) *problem { return checkFloat32(v.Float()) }
	case reflect.Float64:
		n.check = func(_ *walk, v reflect.Value) *problem { return checkFloat(v.Float()) }
	case reflect.Pointer:
		return c.fillPointer(n, t)
	case reflect.Slice, reflect.Array:
		return c.fillList(n, t, s)
	case reflect.Map:
		return c.fillMap(n, t)
	case reflect.Struct:
		return c.fillStruct(n, t, s)
	}
	return nil
}

func (c *compiler) fillPointer(n *node, t reflect.Type) *problem {
	kind := t.Elem().Kind()
	if kind == reflect.Pointer || kind == reflect.Interface {
		return refuse("%s may hold a nil that would come back as another", TypeName(t))
	}
	elem, p := c.compile(t.Elem(), site{addressable: true, pointed: true})
	if p != nil {
		return p
	}
	n.height = elem.height
	mayBeNil := (kind == reflect.Slice || kind == reflect.Map) && !customOf(t.Elem()).any()
	if !mayBeNil && !elem.needed() {
		return nil
	}
	n.check = func(w *walk, v reflect.Value) *problem {
		switch v = v.Elem(); {
		case !v.IsValid():
			return nil
		case mayBeNil && v.IsNil():
			return refuse("a pointer to a nil %s would come back nil", v.Kind())
		case elem.check == nil:
			return nil
		}
		return elem.check(w, v)
	}
	return nil
}

func (c *compiler) fillList(n *node, t reflect.Type, s site) *problem {
	switch {
	case t.Elem() == byteType:
		return nil
	case t.Elem().Kind() == reflect.Uint8:
		return refuse("DynamoDB's encoder has no %s; use []byte", TypeName(t))
	case t == bytesesType:
		return refuse("[][]byte is stored as a set, without its order; tag it `dynamodbav:\",binaryset\"` or name the type of its elements")
	}
	elem, p := c.compile(t.Elem(), site{addressable: s.addressable || t.Kind() == reflect.Slice})
	if p != nil {
		return p.inElements()
	}
	n.height = 1 + elem.height
	if c.deep || elem.needed() {
		n.check = listChecker(elem)
	}
	return nil
}

func listChecker(elem *node) checker {
	return func(w *walk, v reflect.Value) *problem {
		if v.Kind() == reflect.Slice && v.IsNil() {
			return nil
		}
		if p := w.enter(); p != nil {
			return p
		}
		defer w.leave()
		if elem.check == nil {
			return nil
		}
		for i := range v.Len() {
			if p := w.step(); p != nil {
				return p
			}
			if p := elem.check(w, v.Index(i)); p != nil {
				return p.inElement(i)
			}
		}
		return nil
	}
}
