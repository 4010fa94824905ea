package filter

import "maps"

// gone says of leaves that may be absent whether they are, where the record may be in any
// element of an array. Without an entry, a leaf is gone if the place at hand lacks it.
type gone map[*leaf]bool

func (p pattern) match(record any) bool {
	for _, root := range p {
		if root.match(record, nil) {
			return true
		}
	}
	return false
}

// match reports whether the value at the node's path satisfies all that is at and below it.
func (n *node) match(value any, g gone) bool {
	list, ok := value.([]any)
	if !ok || n.leaf == nil || n.leaf.isAbsent(list, g) || len(n.children) == 0 {
		return n.leaf.match(value, g) && n.below(value, g)
	}
	return n.both(list, g)
}

// both looks for rules and children. An element that is an array itself has both or neither.
func (n *node) both(list []any, g gone) bool {
	for _, e := range list {
		if inner, ok := e.([]any); ok && n.both(inner, g) {
			return true
		}
	}
	return n.leaf.anyOf(list) && n.below(list, g)
}

// below looks for one element of an array that satisfies all children, as event-ruler does.
func (n *node) below(value any, g gone) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, c := range n.children {
			if next, ok := v[name]; ok && !c.match(next, g) || !ok && !c.isGone(g) {
				return false
			}
		}
		return true
	case []any:
		anywhere := n.anywhere(v, g)
		for _, e := range v {
			if n.below(e, n.within(e, g, anywhere)) {
				return true
			}
		}
		if len(v) > 0 {
			return false
		}
	}
	return n.noChild(g)
}

// anywhere says which leaves no element of an array has.
func (n *node) anywhere(list []any, g gone) (all gone) {
	for _, l := range n.leaves {
		if _, known := g[l]; l.absent && !known {
			if all == nil {
				all = gone{}
			}
			all[l] = !has(list, l.path[n.depth:])
		}
	}
	return all
}

// within is what is gone where one element of an array is chosen. event-ruler takes the
// paths in the order of their names. A path that is present chooses the element, and those
// after it must be absent from that element only. Those before it must be absent from all.
func (n *node) within(element any, g, anywhere gone) gone {
	if len(anywhere) == 0 {
		return g
	}
	all := maps.Clone(g)
	for _, l := range n.leaves {
		if is, ok := anywhere[l]; ok {
			if all == nil {
				all = gone{}
			}
			all[l] = is
		}
		if !l.absent || has(element, l.path[n.depth:]) {
			break
		}
	}
	return all
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

// isGone reports whether all at and below the node may be absent, and is. The place at
// hand lacks it.
func (n *node) isGone(g gone) bool { return (n.leaf == nil || n.leaf.isGone(g)) && n.noChild(g) }

func (n *node) noChild(g gone) bool {
	for _, c := range n.children {
		if !c.isGone(g) {
			return false
		}
	}
	return true
}

func (l *leaf) isGone(g gone) bool {
	is, known := g[l]
	return l.absent && (is || !known)
}

// match reports whether the value, or an element of an array, matches a rule, or the leaf
// may be absent and is.
func (l *leaf) match(value any, g gone) bool {
	return l == nil || l.isAbsent(value, g) || l.any(value)
}

func (l *leaf) isAbsent(value any, g gone) bool { return l.isGone(g) && (g[l] || !has(value, nil)) }

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
	return l.rule(value)
}

// anyOf is any for the elements that are not arrays themselves.
func (l *leaf) anyOf(list []any) bool {
	for _, e := range list {
		switch e.(type) {
		case map[string]any, []any:
		default:
			if l.rule(e) {
				return true
			}
		}
	}
	return false
}

func (l *leaf) rule(value any) bool {
	for _, rule := range l.rules {
		if rule(value) {
			return true
		}
	}
	return false
}
