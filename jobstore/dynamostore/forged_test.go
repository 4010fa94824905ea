package dynamostore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestAForgedCompletionIsSeen: a worker whose job another has completed is told so, also
// when the other wrote the token that the worker's own settle would write. A copy of the
// worker's own settle succeeds.
func TestAForgedCompletionIsSeen(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	type output struct {
		N float64
		S string
	}
	for _, history := range []bool{false, true} {
		store, err := dynamostore.New[string, output](client, table, func(o *dynamostore.Options) { o.History = history })
		if err != nil {
			t.Fatal(err)
		}
		for _, forged := range []bool{false, true} {
			job, err := store.Create(t.Context(), "in")
			if err == nil {
				job, err = store.Claim(t.Context(), job.ID, jobstore.Lease{Owner: "me", Until: time.Now().Add(time.Minute)})
			}
			if err != nil {
				t.Fatal(err)
			}
			mine := jobstore.Outcome[output]{Status: jobstore.Complete, Output: output{1e20, "mine"}}
			claim := jobstore.Claim{ID: job.ID, Owner: "me", Attempt: job.Attempt, Size: job.Size, History: job.History}
			if forged {
				forge(t, client, table, job.ID)
			} else if err := store.Settle(t.Context(), claim, mine); err != nil {
				t.Fatal(err)
			}
			if err := store.Settle(t.Context(), claim, mine); errors.Is(err, jobstore.ErrLeaseLost) != forged || !forged && err != nil {
				t.Errorf("history %t, forged %t: %v", history, forged, err)
			}
		}
	}
}

// forge completes the job as one does who has read its token.
func forge(t *testing.T, client *dynamodb.Client, table, id string) {
	t.Helper()
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:         aws.String("SET #s = :s, #o = :o, claimToken = :t"),
		ExpressionAttributeNames: map[string]string{"#s": "status", "#o": "output"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":s": &types.AttributeValueMemberS{Value: "complete"}, ":t": &types.AttributeValueMemberS{Value: "me/settled"},
			":o": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"N": &types.AttributeValueMemberN{Value: "1"}, "S": &types.AttributeValueMemberS{Value: "forged"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}
