package lambdalocal

import "fmt"

// refuse panics for what only a mistake in the program can be.
func refuse(wrong bool, format string, args ...any) {
	if wrong {
		panic("lambdalocal: " + fmt.Sprintf(format, args...))
	}
}
