package driver

import (
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// A claim's token stays in the record after the claim has ended, with what ended it.
// So a copy of the claim that arrives late is refused, and a settle that is repeated
// finds its own outcome and takes no other for it.
const (
	settled   = "/settled"
	abandoned = "/abandoned/"
	canceled  = "/canceled"
	reopened  = "/reopened"
)

// Settled is the token of a record that the claim with this token has settled.
func Settled(token string) string { return token + settled }

// Abandoned is the token of a record that the claim by has settled, because the worker
// with this token did not.
func Abandoned(token, by string) string { return token + abandoned + by }

// Canceled is a new token for a record that a cancel settles. A worker's writes under
// the token that it replaces are refused.
func Canceled() string { return jobstore.NewID() + canceled }

// Reopened is a new token for a record that a Retry reopens. The caller that finds it in
// the record was an earlier try of the same call.
func Reopened() string { return jobstore.NewID() + reopened }

// Holder is the token of the latest claim, [jobstore.Job.Owner], in the token of a
// record. It is empty when there was none, and when the job was canceled or reopened
// since.
func Holder(token string) string {
	if strings.HasSuffix(token, canceled) || strings.HasSuffix(token, reopened) {
		return ""
	}
	token, _, _ = strings.Cut(token, abandoned)
	return strings.TrimSuffix(token, settled)
}

// ended is true of a token that no claim may bring.
func ended(token string) bool { return Holder(token) != token }
