package filter

// absences are the leaves that may be absent, and are: the record has no value at their
// path, in no element of a list either.
type absences map[*leaf]bool

func (p pattern) match(record any) bool {
	for _, l := range p {
		if l.match(record) {
			return true
		}
	}
	return false
}

func (l list) match(record any) bool {
	missing := absences{}
	for _, leaf := range l.absent {
		missing[leaf] = !has(record, leaf.path)
	}
	return l.root.match(record, missing)
}

// has reports whether there is a leaf at the path, in any element of the arrays on the way.
func has(value any, path []string) bool {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			if has(e, path) {
				return true
			}
		}
		return false
	case map[string]any:
		if len(path) == 0 {
			return false
		}
		next, ok := v[path[0]]
		return ok && has(next, path[1:])
	}
	return len(path) == 0
}

// match reports whether the value at the node's path satisfies all that is below it.
func (n *node) match(value any, missing absences) bool {
	return n.leaf.match(value, missing) && n.below(value, missing)
}

// below looks for one element of an array that satisfies all children, as event-ruler does.
func (n *node) below(value any, missing absences) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, c := range n.children {
			if next, ok := v[name]; ok && !c.match(next, missing) || !ok && !c.isMissing(missing) {
				return false
			}
		}
		return true
	case []any:
		for _, e := range v {
			if n.below(e, missing) {
				return true
			}
		}
	}
	return n.noChild(missing)
}

// isMissing reports whether all below the node may be missing, and is.
func (n *node) isMissing(missing absences) bool {
	return (n.leaf == nil || missing[n.leaf]) && n.noChild(missing)
}

func (n *node) noChild(missing absences) bool {
	for _, c := range n.children {
		if !c.isMissing(missing) {
			return false
		}
	}
	return true
}

// match reports whether the value, or an element of an array, matches a rule.
func (l *leaf) match(value any, missing absences) bool {
	return l == nil || missing[l] || l.any(value)
}

func (l *leaf) any(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return false // an object is not a leaf
	case []any:
		for _, e := range v {
			if l.any(e) {
				return true
			}
		}
		return false
	}
	for _, rule := range l.rules {
		if rule(value) {
			return true
		}
	}
	return false
}
