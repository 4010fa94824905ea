package lambdalocal

import "fmt"

// apply applies the options of a constructor in order.
func apply[O any](constructor string, o *O, opts []func(*O)) {
	for n, opt := range opts {
		refuse(opt == nil, "%s: option %d of %d is nil", constructor, n+1, len(opts))
		opt(o)
	}
}

// refuse panics for what only a mistake in the program can be.
func refuse(wrong bool, format string, args ...any) {
	if wrong {
		panic("lambdalocal: " + fmt.Sprintf(format, args...))
	}
}
