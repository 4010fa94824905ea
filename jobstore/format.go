package jobstore

import (
	"fmt"
	"log/slog"
)

// withheld stands for a claim's token where a value is printed.
const withheld = "(withheld)"

func withhold(token string) string {
	if token == "" {
		return ""
	}
	return withheld
}

// Format implements [fmt.Formatter], so that printing a job does not show its claim's token.
func (j Job[In, Out]) Format(f fmt.State, verb rune) {
	type job Job[In, Out]
	j.Owner = withhold(j.Owner)
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), job(j))
}

// Format implements [fmt.Formatter], so that printing a claim does not show its token.
func (c Claim) Format(f fmt.State, verb rune) {
	type claim Claim
	c.Owner = withhold(c.Owner)
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), claim(c))
}

// LogValue implements [slog.LogValuer], for the reason of Format.
func (c Claim) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", c)) }

// Format implements [fmt.Formatter], so that printing a lease does not show its token.
func (l Lease) Format(f fmt.State, verb rune) {
	type lease Lease
	l.Owner = withhold(l.Owner)
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), lease(l))
}

// LogValue implements [slog.LogValuer], for the reason of Format.
func (l Lease) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", l)) }

// Format implements [fmt.Formatter], so that printing a history does not show tokens.
func (t Transition) Format(f fmt.State, verb rune) {
	type transition Transition
	t.Owner = withhold(t.Owner)
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), transition(t))
}
