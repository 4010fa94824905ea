package filter

// condition is a pattern or a part of one.
type condition interface {
	// match gets a value of the record as json.Decoder returns it, or absent.
	match(value any) bool
}

// absent is the value of a name that the record lacks.
type absent struct{}

// all is an object of a pattern.
type all []condition

func (a all) match(value any) bool {
	for _, c := range a {
		if !c.match(value) {
			return false
		}
	}
	return true
}

// either is a $or.
type either []condition

func (e either) match(value any) bool {
	for _, c := range e {
		if c.match(value) {
			return true
		}
	}
	return false
}

// field is a member of a pattern.
type field struct {
	name string
	condition
}

func (f field) match(value any) bool {
	if o, ok := value.(map[string]any); ok {
		if v, ok := o[f.name]; ok {
			return f.each(v)
		}
	}
	return f.condition.match(absent{})
}

// each looks into arrays: an array matches if an element does. An empty array counts as
// absent.
func (f field) each(value any) bool {
	list, ok := value.([]any)
	if !ok {
		return f.condition.match(value)
	}
	if len(list) == 0 {
		return f.condition.match(absent{})
	}
	for _, v := range list {
		if f.each(v) {
			return true
		}
	}
	return false
}

// rules are the alternatives for a leaf.
type rules []rule

// rule decides about a leaf: a string, json.Number, bool, nil or absent.
type rule func(leaf any) bool

func (r rules) match(value any) bool {
	if _, ok := value.(map[string]any); ok {
		value = absent{} // no leaf has this path
	}
	for _, rule := range r {
		if rule(value) {
			return true
		}
	}
	return false
}
