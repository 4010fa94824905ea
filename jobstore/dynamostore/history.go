package dynamostore

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// The names inside an element of the history.
const (
	historyAt     = "at"
	historyStatus = "status"
	historyOwner  = "owner"
	historyReason = "reason"
)

func list(v ...types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberL{Value: v}
}

// transition leaves the attempt out, since DynamoDB counts it during the claim. See
// transitions.
func transition(t jobstore.Transition) types.AttributeValue {
	m := item{historyAt: date(t.At), historyStatus: str(string(t.Status))}
	if t.Owner != "" {
		m[historyOwner] = str(t.Owner)
	}
	if t.Reason != "" {
		m[historyReason] = str(t.Reason)
	}
	return &types.AttributeValueMemberM{Value: m}
}

// record adds to u that a transition is appended, if the store keeps a history.
func (s *Store[In, Out]) record(u *update, t jobstore.Transition) *update {
	if !s.opts.History {
		return u
	}
	u.set = append(u.set, "#history = list_append(if_not_exists(#history, :noHistory), :history)")
	return u.name("#history", s.opts.Attributes.History).
		value(":noHistory", list()).value(":history", list(transition(t)))
}

// transitions reads a history. It counts the attempts down from the job's: each
// transition to processing began one.
func transitions(v types.AttributeValue, attempt int) []jobstore.Transition {
	l, _ := v.(*types.AttributeValueMemberL)
	if l == nil {
		return nil
	}
	var all []jobstore.Transition
	for _, e := range slices.Backward(l.Value) {
		m, _ := e.(*types.AttributeValueMemberM)
		if m == nil {
			continue // not ours
		}
		it := item(m.Value)
		t := jobstore.Transition{
			At: it.date(historyAt), Status: jobstore.Status(it.str(historyStatus)),
			Attempt: attempt, Owner: it.str(historyOwner), Reason: it.str(historyReason),
		}
		if t.Status == jobstore.Processing {
			attempt--
		}
		all = append(all, t)
	}
	slices.Reverse(all)
	return all
}
