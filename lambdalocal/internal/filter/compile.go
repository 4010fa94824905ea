package filter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A pattern is compiled as event-ruler does it (aws/event-ruler@337e8d9): to lists of paths
// with the rules for their leaves. Each $or makes a list for each of its objects. A path
// that is there twice, also beside and within a $or, has the rules that come last.

// pattern matches if one of its lists does. Each is a tree of paths.
type pattern []*node

// node is a step of a path. One name may have rules and further steps.
type node struct {
	leaf     *leaf
	children map[string]*node
	leaves   []*leaf // below the node, in the order of their paths
	depth    int
}

// leaf has the rules for one path.
type leaf struct {
	path   []string
	rules  []rule
	absent bool // one of the rules is {"exists": false}
}

// flat is a list before it is a tree. Its keys are the paths.
type flat map[string]*leaf

const separator = "\x00"

// maxLists bounds the product of the $or of a pattern, as EventBridge does.
const maxLists = 1000

func compile(o object) (pattern, error) {
	lists, err := flatten([]flat{{}}, o, place{}, false)
	if err != nil {
		return nil, err
	}
	var p pattern
	for _, f := range lists {
		p = append(p, f.tree())
	}
	return p, nil
}

func (f flat) tree() *node {
	root := &node{}
	for _, path := range slices.SortedFunc(maps.Keys(f), byDots) {
		n, l := root, f[path]
		for _, name := range l.path {
			n.leaves = append(n.leaves, l)
			n = n.child(name)
		}
		n.leaf = l
	}
	return root
}

// byDots is the order in which event-ruler takes the paths, whose names it joins by dots.
func byDots(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ReplaceAll(a, separator, "."), strings.ReplaceAll(b, separator, ".")), cmp.Compare(a, b))
}

func (n *node) child(name string) *node {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	if n.children[name] == nil {
		n.children[name] = &node{depth: n.depth + 1}
	}
	return n.children[name]
}

// flatten adds the members of an object to each of the lists, and returns them.
func flatten(lists []flat, o object, p place, inOr bool) (_ []flat, err error) {
	if len(o) == 0 {
		return nil, p.error("an empty object")
	}
	for _, m := range o {
		if lists, err = add(lists, m, p, inOr); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

func add(lists []flat, m member, p place, inOr bool) ([]flat, error) {
	if m.name == "$or" {
		return either(lists, m.value, p)
	}
	p = p.child(m.name)
	if inOr && reserved[m.name] {
		return nil, p.error("the name is reserved within $or")
	}
	switch v := m.value.(type) {
	case object:
		return flatten(lists, v, p, inOr)
	case []any:
		leaf, err := parseLeaf(v, p)
		for _, l := range lists {
			l[strings.Join(p.path, separator)] = leaf
		}
		return lists, err
	}
	return nil, p.error("must be an object or an array of rules")
}

// either adds each object of a $or to a copy of the lists.
func either(lists []flat, value any, p place) (all []flat, err error) {
	objects, ok := value.([]any)
	if !ok || len(objects) < 2 {
		return nil, p.step("$or").error("must be an array of two objects or more")
	}
	if len(lists)*len(objects) > maxLists {
		return nil, p.step("$or").error("all $or together have more than %d combinations", maxLists)
	}
	for i, v := range objects {
		p := p.step(fmt.Sprintf("$or[%d]", i))
		o, ok := v.(object)
		if !ok {
			return nil, p.error("must be an object")
		}
		copies := make([]flat, len(lists))
		for i, l := range lists {
			copies[i] = maps.Clone(l)
		}
		if copies, err = flatten(copies, o, p, true); err != nil {
			return nil, err
		}
		all = append(all, copies...)
	}
	return all, nil
}

// reserved are the names that event-ruler refuses within $or.
var reserved = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr
		= < <= > >= regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before
		in-date-range ip-address-in-range ip-address-not-in-range`) {
		names[name] = true
	}
	return names
}()

// place is where a part of a pattern is.
type place struct {
	path  []string // in the record
	shown []string // in the pattern, with its $or
}

func (p place) step(shown string) place {
	p.shown = append(slices.Clip(p.shown), shown)
	return p
}

func (p place) child(name string) place {
	p.path = append(slices.Clip(p.path), name)
	return p.step(name)
}

func (p place) error(format string, args ...any) error {
	if len(p.shown) == 0 {
		return fmt.Errorf(format, args...)
	}
	return fmt.Errorf("at %s: %w", strings.Join(p.shown, "."), fmt.Errorf(format, args...))
}
