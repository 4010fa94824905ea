package driver

import (
	"fmt"
	"log/slog"
)

// Format implements [fmt.Formatter], so that printing a state does not show its token.
func (s State) Format(f fmt.State, verb rune) {
	type state State
	if s.Token != "" {
		s.Token = "(withheld)"
	}
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), state(s))
}

// LogValue implements [slog.LogValuer], for the reason of Format.
func (s State) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", s)) }
