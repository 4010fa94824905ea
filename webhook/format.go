package webhook

import (
	"fmt"
	"log/slog"
)

// Format implements [fmt.Formatter], so that printing a verifier shows no secret.
func (v Verifier) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "webhook.Verifier(%s)", v.provider.name())
}

// Format implements [fmt.Formatter], so that printing options shows no secret.
func (o Options) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "webhook.Options(%d more secrets)", len(o.Secrets))
}

// Format implements [fmt.Formatter]. It shows the key of a delivery, and neither its
// body nor its header, where some senders put a token.
func (d Delivery) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "webhook.Delivery(%s)", d.Key())
}

// LogValue implements [slog.LogValuer], for the reason of Format. Pass slog the delivery
// itself: [slog.JSONHandler] does not call it for one in a map, slice or struct.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(d.Key()) }

// Format implements [fmt.Formatter], and leaves out the header.
func (u Unsigned) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "webhook.Unsigned(ID %q, type %q, attempt %d)", u.ID, u.Type, u.Attempt)
}

// LogValue implements [slog.LogValuer], for the reason of Format.
func (u Unsigned) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(u)) }
