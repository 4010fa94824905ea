// Package option applies the options of constructors.
package option

import (
	"fmt"
	"strings"
)

// Apply applies opts to o in order. It panics when one is nil. constructor is for the
// panic, such as "memstore: New".
func Apply[O any](constructor string, o *O, opts []func(*O)) {
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("%s: option %d of %d is nil", constructor, i+1, len(opts)))
		}
		opt(o)
	}
}

// Rename is deferred by a constructor that calls another. A panic that begins with from
// then begins with to, and so names the constructor that the user has called.
func Rename(from, to string) {
	v := recover()
	if v == nil {
		return
	}
	if text, ok := v.(string); ok {
		if rest, ok := strings.CutPrefix(text, from); ok {
			panic(to + rest)
		}
	}
	panic(v)
}
