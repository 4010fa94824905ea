package samlocal

import (
	"iter"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// object is a mapping of the template. What is read is crossed off, so that done finds
// what the loader does not know. A member that is missing reads as the zero value.
type object struct {
	stack   *Stack
	path    string
	members map[string]*yaml.Node
}

func (s *Stack) object(path string, n *yaml.Node) *object {
	o := &object{s, path, map[string]*yaml.Node{}}
	if n == nil {
		return o
	}
	if n.Kind != yaml.MappingNode {
		s.failed(path, "is not a mapping")
		return o
	}
	for i := 0; i < len(n.Content); i += 2 {
		o.members[n.Content[i].Value] = n.Content[i+1]
	}
	return o
}

// at is the path of a member.
func (o *object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o *object) take(name string) *yaml.Node {
	n := o.members[name]
	delete(o.members, name)
	return n
}

// ignore crosses off what changes nothing on this machine.
func (o *object) ignore(names ...string) {
	for _, name := range names {
		o.take(name)
	}
}

// inherit adds the members that o lacks.
func (o *object) inherit(from *object) {
	for name, n := range from.members {
		if o.members[name] == nil {
			o.members[name] = n
		}
	}
}

// done reports the members that were not read.
func (o *object) done() {
	for name := range o.members {
		o.stack.failed(o.at(name), "the loader does not know this property")
	}
	clear(o.members)
}

func (o *object) has(name string) bool { return o.members[name] != nil }

func (o *object) object(name string) *object { return o.stack.object(o.at(name), o.take(name)) }

// objects reads all members, each of which is a mapping.
func (o *object) objects() iter.Seq2[string, *object] {
	return func(yield func(string, *object) bool) {
		for _, name := range o.names() {
			if !yield(name, o.object(name)) {
				return
			}
		}
	}
}

func (o *object) names() (names []string) {
	for name := range o.members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (o *object) list(name string) []*yaml.Node {
	n := o.take(name)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		o.stack.failed(o.at(name), "is not a list")
		return nil
	}
	return n.Content
}

func (o *object) text(name string) string {
	n := o.take(name)
	if n == nil {
		return ""
	}
	return o.stack.value(o.at(name), n)
}

func (o *object) texts(name string) (texts []string) {
	for _, n := range o.list(name) {
		texts = append(texts, o.stack.value(o.at(name), n))
	}
	return texts
}

// number returns fallback for a member that is missing.
func (o *object) number(name string, fallback int) int {
	if !o.has(name) {
		return fallback
	}
	text := o.text(name)
	n, err := strconv.Atoi(text)
	if err != nil {
		o.stack.failed(o.at(name), "is %q, want a number", text)
	}
	return n
}

func (o *object) truth(name string) bool {
	if !o.has(name) {
		return false
	}
	text := o.text(name)
	truth, err := strconv.ParseBool(text)
	if err != nil {
		o.stack.failed(o.at(name), "is %q, want true or false", text)
	}
	return truth
}

// want reports a member that differs from the one value that the loader knows.
func (o *object) want(name, value string) {
	if text := o.text(name); text != value {
		o.stack.failed(o.at(name), "is %q, and the loader knows %q only", text, value)
	}
}
