package value

import "reflect"

// MaxDepth is how many maps and lists may be nested in one attribute. DynamoDB has
// 32 levels, and the scalar in the innermost one is a level of its own.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MaxDepth = 31

// maxElements ends the walk of a value that refers to the same parts again and again.
// It is ten times what an item holds.
const maxElements = 1 << 22

// walk is the state of one check of one value.
type walk struct {
	depth    int
	elements int
}

// enter counts a map or a list. Its depth also ends the walk of a cyclic value.
func (w *walk) enter() *problem {
	if w.depth == MaxDepth {
		return refuse("more than %d maps and lists in each other, or a cycle", MaxDepth)
	}
	w.depth++
	return nil
}

func (w *walk) leave() { w.depth-- }

// step counts an element.
func (w *walk) step() *problem {
	if w.elements == maxElements {
		return refuse("more than %d elements", maxElements)
	}
	w.elements++
	return nil
}

// A checker refuses a value of the type that it was made for.
type checker func(w *walk, v reflect.Value) *problem
