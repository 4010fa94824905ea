package dynamostore

import (
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

// maxSortKeyBytes is DynamoDB's limit.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxSortKeyBytes = 1024

// settling is kept free for what a settle adds beside the output: a last progress
// message, an element of the history, longer numbers.
const settling = jobstore.MaxMessageBytes + driver.MaxReasonBytes + driver.MaxOwnerBytes + 512

// room is how large a record may get without its ID, caller and values: all its names, and
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
		a.ID: str(""), a.Input: str(""), a.Output: null, a.Metadata: str(""), a.Caller: str(""),
		a.Status: str(string(jobstore.Processing)), a.Error: text, a.ErrorDetail: text, a.ErrorExcerpt: str(strings.Repeat("x", driver.MaxExcerptBytes)), a.Canceled: null,
		a.Progress: number, a.ProgressMessage: text, a.Attempt: number, a.MaxAttempts: number, a.Uncounted: number, a.OnLeaseExpiry: str(string(jobstore.Hold)),
		a.ClaimToken:  str(driver.Abandoned(strings.Repeat("x", driver.MaxOwnerBytes), strings.Repeat("x", driver.MaxOwnerBytes))),
		a.CreateToken: str(jobstore.NewID()), a.ClaimableFrom: number, a.Reports: number,
		a.CreatedAt: date, a.UpdatedAt: date, a.ExpiresAt: number, a.Shard: str(canceledShard("")), a.SweepAt: number, a.HandOvers: number, a.HandedOverAt: number,
		a.History: list(history...), o.Marker.Name: str(o.Marker.Value),
	}
	return attr.ItemSize(full) + len(o.SortKey.Name) + maxSortKeyBytes
}
