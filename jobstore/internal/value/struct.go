package value

import "reflect"

// A part is a field of a struct whose values have to be checked.
type part struct {
	index int
	name  string
	check checker
}

func (c *compiler) fillStruct(n *node, t reflect.Type, s site) *problem {
	var parts []part
	for i := range t.NumField() {
		f := fieldAt(t, i)
		if f.ignored() {
			continue
		}
		in, p := c.compileField(f, t, s)
		if p != nil {
			return p.inField(f.Name)
		}
		n.height = max(n.height, in.height)
		if check := f.checker(in); check != nil {
			parts = append(parts, part{i, f.Name, check})
		}
	}
	if !s.flat {
		n.height++
	}
	if c.deep || parts != nil {
		n.check = structChecker(parts, s.flat)
	}
	if p := ambiguous(t, field.dynamoTag); p != nil {
		return p
	}
	return ambiguous(t, field.jsonTag)
}

func (c *compiler) compileField(f field, in reflect.Type, s site) (*node, *problem) {
	if p := f.refusal(in); p != nil {
		return nil, p
	}
	if option := f.setOption(); option != "" {
		return setNode(f.Type, option)
	}
	flat := f.flattened(f.json) && f.flattened(f.dynamo)
	return c.compile(f.Type, site{addressable: s.addressable, flat: flat})
}

func structChecker(parts []part, flat bool) checker {
	return func(w *walk, v reflect.Value) *problem {
		if !flat {
			if p := w.enter(); p != nil {
				return p
			}
			defer w.leave()
		}
		for _, part := range parts {
			if p := part.check(w, v.Field(part.index)); p != nil {
				return p.inField(part.name)
			}
		}
		return w.step()
	}
}

// checker is nil when every value of the field is accepted.
func (f field) checker(in *node) checker {
	check := in.check
	if !in.done {
		check = func(w *walk, v reflect.Value) *problem { return in.check(w, v) }
	}
	if check != nil && f.omittedWhenZero() {
		check = unlessZero(check)
	}
	if f.json.has("omitzero") && f.Type != timeType && hasIsZero(f.Type) {
		check = notIsZero(check)
	}
	return check
}

// omittedWhenZero is true of fields whose zero value no encoder sees.
func (f field) omittedWhenZero() bool {
	kind := f.Type.Kind()
	basic := kind >= reflect.Bool && kind <= reflect.Float64 || kind == reflect.String
	return basic && f.json.hasAny("omitempty", "omitzero") && f.dynamo.hasAny("omitempty", "nullempty")
}

func unlessZero(check checker) checker {
	return func(w *walk, v reflect.Value) *problem {
		if v.IsZero() {
			return nil
		}
		return check(w, v)
	}
}

type isZeroer interface{ IsZero() bool }

func hasIsZero(t reflect.Type) bool {
	return withPointerMethods(t).Implements(reflect.TypeFor[isZeroer]())
}

// notIsZero refuses values that omitzero leaves out and that are not their type's
// zero value.
func notIsZero(check checker) checker {
	return func(w *walk, v reflect.Value) *problem {
		if v.IsZero() {
			return nil
		}
		zero, p := isZero(v)
		switch {
		case p != nil:
			return p
		case zero:
			return refuse("the option omitzero leaves out a value of %s that is not zero", TypeName(v.Type()))
		case check == nil:
			return nil
		}
		return check(w, v)
	}
}

func isZero(v reflect.Value) (zero bool, p *problem) {
	defer recovered(&p, v.Type(), "IsZero")
	return receiver(v).(isZeroer).IsZero(), nil
}
