package process

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func newTestOutput() (*output, *bytes.Buffer) {
	written := &bytes.Buffer{}
	return &output{lines: &lines{to: written}}, written
}

// TestOutput: lines are whole, and the end of the log is kept.
func TestOutput(t *testing.T) {
	o, written := newTestOutput()
	for _, part := range []string{"a", "b\nc", "d\n\ne", "\n", "rest"} {
		o.write([]byte(part))
	}
	if written.String() != "ab\ncd\n\ne\n" || string(o.log) != written.String() {
		t.Errorf("got %q, %q", written, o.log)
	}
	o.flush()
	if !strings.HasSuffix(written.String(), "\nrest\n") {
		t.Errorf("got %q", written)
	}
	for n := range 3000 {
		o.write(fmt.Appendf(nil, "%d\n", n))
	}
	if len(o.log) != maxLog || !strings.HasSuffix(string(o.log), "\n2998\n2999\n") {
		t.Errorf("the log has %d bytes: %q", len(o.log), o.log[len(o.log)-20:])
	}
}

// TestOutputSplitsALongLine, and takes the same time for each byte of it.
func TestOutputSplitsALongLine(t *testing.T) {
	o, written := newTestOutput()
	for range 3 * maxLine {
		o.write([]byte("x")) // quadratic time would take an hour
	}
	if got := strings.Count(written.String(), "\n"); got != 3 || written.Len() != 3*(maxLine+1) {
		t.Errorf("got %d lines of %d bytes", got, written.Len())
	}
}
