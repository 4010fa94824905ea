package dynamostore

import (
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// maxSortKeyBytes is DynamoDB's limit.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxSortKeyBytes = 1024

// settling is kept free for what a settle adds beside the output: a last progress
// message, an element of the history, longer numbers.
const settling = jobstore.MaxMessageBytes + driver.MaxReasonBytes + driver.MaxOwnerBytes + 512

// room is how large a record may get without its ID and values: all its names, and
// the largest that is ever written into the other attributes.
func (o *Options) room() int {
	a, number, text := o.Attributes, num(math.MaxInt64), str(strings.Repeat("x", jobstore.MaxMessageBytes))
	date := str(timeLayout)
	transition := &types.AttributeValueMemberM{Value: item{
		historyAt: date, historyStatus: str(string(jobstore.Processing)), historyAttempt: number,
		historyOwner: str(strings.Repeat("x", driver.MaxOwnerBytes)), historyReason: str(strings.Repeat("x", driver.MaxReasonBytes)),
	}}
	var history []types.AttributeValue
	for range driver.MaxHistory {
		history = append(history, transition)
	}
	full := item{
		a.ID: str(""), a.Input: str(""), a.Output: null, a.Metadata: str(""),
		a.Status: str(string(jobstore.Processing)), a.Error: text, a.ErrorDetail: text, a.Canceled: null,
		a.Progress: number, a.ProgressMessage: text, a.Attempt: number, a.MaxAttempts: number, a.OnLeaseExpiry: str(string(jobstore.Hold)),
		a.ClaimToken:  str(driver.Abandoned(strings.Repeat("x", driver.MaxOwnerBytes), strings.Repeat("x", driver.MaxOwnerBytes))),
		a.CreateToken: str(jobstore.NewID()), a.ClaimableFrom: number, a.Reports: number,
		a.CreatedAt: date, a.UpdatedAt: date, a.ExpiresAt: number, a.Shard: str(failedShard("")), a.SweepAt: number,
		a.History: list(history...), o.Marker.Name: str(o.Marker.Value),
	}
	return full.size() + len(o.SortKey.Name) + maxSortKeyBytes
}

// size is what DynamoDB counts: names and values, numbers at their longest.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (it item) size() int {
	n := 0
	for name, v := range it {
		n += len(name) + valueSize(v)
	}
	return n
}

func valueSize(v types.AttributeValue) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return numberSize(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberSS:
		return sum(v.Value, func(s string) int { return len(s) })
	case *types.AttributeValueMemberNS:
		return sum(v.Value, numberSize)
	case *types.AttributeValueMemberBS:
		return sum(v.Value, func(b []byte) int { return len(b) })
	case *types.AttributeValueMemberL:
		return 3 + sum(v.Value, func(e types.AttributeValue) int { return 1 + valueSize(e) })
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + item(v.Value).size()
	default: // BOOL and NULL
		return 1
	}
}

// numberSize is one byte for each two digits, one more, and one for the sign.
func numberSize(digits string) int { return (len(digits)+1)/2 + 2 }

func sum[T any](all []T, size func(T) int) (n int) {
	for _, v := range all {
		n += size(v)
	}
	return n
}
