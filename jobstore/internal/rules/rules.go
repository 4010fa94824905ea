// Package rules has what package jobstore and its driver package decide alike. It
// imports neither.
package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Progress returns why a report is refused, or "".
func Progress(percent int, message string, maxMessageBytes int) string {
	if percent < 0 || percent > 100 {
		return fmt.Sprintf("progress is %d, want 0 to 100", percent)
	}
	return Text("progressMessage", message, maxMessageBytes)
}

// Text returns why a text is refused, or "".
func Text(field, s string, limit int) string {
	if len(s) > limit {
		return fmt.Sprintf("%s is %d bytes, the limit is %d", field, len(s), limit)
	}
	if !utf8.ValidString(s) {
		return field + " is not valid UTF-8"
	}
	return ""
}

// Cut returns the first n bytes of s, without a character that would be split. What
// is not UTF-8 is replaced.
func Cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
