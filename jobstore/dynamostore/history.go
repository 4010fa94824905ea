package dynamostore

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// The names inside an element of the history.
const (
	historyAt      = "at"
	historyStatus  = "status"
	historyAttempt = "attempt"
	historyOwner   = "owner"
	historyReason  = "reason"
)

// A claim leaves room for the transition that ends it, and each end for the next
// claim. So a history stays bounded although a claim appends to it unread.
const (
	afterClaim = driver.MaxHistory - 1
	afterEnd   = driver.MaxHistory - 2
)

// appendable is true of a record that has room for the transition of a claim.
const appendable = "(attribute_not_exists(#history) OR size(#history) < :afterClaim)"

// transition leaves out an attempt of 0: a claim does not know it before DynamoDB has
// counted it. See transitions.
func transition(t jobstore.Transition) types.AttributeValue {
	m := item{historyAt: date(t.At), historyStatus: str(string(t.Status))}
	if t.Attempt > 0 {
		m[historyAttempt] = num(int64(t.Attempt))
	}
	if t.Owner != "" {
		m[historyOwner] = str(t.Owner)
	}
	if t.Reason != "" {
		m[historyReason] = str(t.Reason)
	}
	return &types.AttributeValueMemberM{Value: m}
}

// record has u append a transition, when the store keeps a history. The record must
// have a list, or none.
func (s *Store[In, Out]) record(u *update, t jobstore.Transition) *update {
	if !s.opts.History {
		return u
	}
	u.set = append(u.set, "#history = list_append(if_not_exists(#history, :noHistory), :history)")
	return u.value(":noHistory", list()).value(":history", list(transition(t)))
}

// rewrite has u store the history that was read, with another transition, and at most
// limit in all.
func (s *Store[In, Out]) rewrite(u *update, read []jobstore.Transition, t jobstore.Transition, limit int) *update {
	if !s.opts.History {
		return u
	}
	var all []types.AttributeValue
	for _, t := range driver.BoundHistory(append(slices.Clip(read), t), limit) {
		all = append(all, transition(t))
	}
	return u.assign("history", list(all...))
}

// transitions reads a history. Attempts that are not stored are counted down from the
// job's: each transition to processing is one.
func transitions(v types.AttributeValue, attempt int) []jobstore.Transition {
	l, _ := v.(*types.AttributeValueMemberL)
	if l == nil {
		return nil
	}
	var all []jobstore.Transition
	for i, e := range slices.Backward(l.Value) {
		m, _ := e.(*types.AttributeValueMemberM)
		if m == nil {
			continue // somebody else's
		}
		r := reader{item: m.Value}
		t := jobstore.Transition{
			At: r.date(historyAt), Status: jobstore.Status(r.str(historyStatus)),
			Attempt: attempt, Owner: r.str(historyOwner), Reason: r.str(historyReason),
		}
		if n, ok := r.whole(historyAttempt, 0); ok {
			t.Attempt = int(n)
			attempt = t.Attempt
		} else if i == 0 && t.Status == jobstore.Pending {
			t.Attempt = 0 // the creation; what followed it may have been left out
		}
		if t.Status == jobstore.Processing {
			attempt--
		}
		all = append(all, t)
	}
	slices.Reverse(all)
	return all
}
