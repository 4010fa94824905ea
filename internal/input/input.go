// Package input compares the inputs of jobs.
package input

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Same compares as a reader of the store does: a number in an any is a float64 there, and
// a time has lost the name of its zone.
func Same(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	textA, errA := json.Marshal(a)
	textB, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}
