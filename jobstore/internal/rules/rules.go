// Package rules has what package jobstore and its driver package decide alike. It
// imports neither.
package rules

import (
	"fmt"
	"strings"
)

// Progress returns why a report is refused, or "".
func Progress(percent int, message string, maxMessageBytes int) string {
	if percent < 0 || percent > 100 {
		return fmt.Sprintf("progress is %d, want 0 to 100", percent)
	}
	if len(message) > maxMessageBytes {
		return fmt.Sprintf("progressMessage is %d bytes, the limit is %d", len(message), maxMessageBytes)
	}
	return ""
}

// Cut returns the first n bytes of s, without a character that would be split.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
