package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/audit"
)

// trail is a table that has items by id and sequence.
type trail struct {
	items map[[2]string]map[string]string
	err   error // of every write
}

func (f *trail) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if f.err != nil {
		return nil, f.err
	}
	item := map[string]string{}
	for name, v := range in.Item {
		item[name] = v.(*types.AttributeValueMemberS).Value
	}
	key := [2]string{item["id"], item["sequence"]}
	if f.items[key] != nil && in.ConditionExpression != nil {
		return nil, &types.ConditionalCheckFailedException{}
	}
	f.items[key] = item
	return &dynamodb.PutItemOutput{}, nil
}

const event = `{"Records":[
	{"eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":1795428000,"Keys":{"id":{"S":"a"}},"SequenceNumber":"7","StreamViewType":"NEW_AND_OLD_IMAGES",
		"NewImage":{"id":{"S":"a"},"status":{"S":"processing"}},"OldImage":{"id":{"S":"a"},"status":{"S":"pending"}}}},
	{"eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":1795428001,"Keys":{"id":{"S":"a"}},"SequenceNumber":"8","StreamViewType":"NEW_AND_OLD_IMAGES",
		"NewImage":{"id":{"S":"a"},"status":{"S":"processing"},"progress":{"N":"10"}},"OldImage":{"id":{"S":"a"},"status":{"S":"processing"}}}}]}`

func TestTrail(t *testing.T) {
	f := &trail{items: map[[2]string]map[string]string{}}
	d := audit.Trail(f, "audit")
	key := [2]string{"a", strings.Repeat("0", 39) + "7"}
	want := map[[2]string]map[string]string{
		key: {"id": "a", "sequence": key[1], "from": "pending", "to": "processing", "time": "2026-11-23T10:00:00Z"},
	}
	for range 2 {
		out, err := d.Invoke(t.Context(), []byte(event))
		if err != nil || string(out) != `{"batchItemFailures":[]}` || !reflect.DeepEqual(f.items, want) {
			t.Errorf("%s, %v; the trail is %v, want %v", out, err, f.items, want)
		}
		f.items[key]["note"], want[key]["note"] = "by a reader", "by a reader"
	}
}

// TestTrailThatCannotBeWritten has Lambda deliver the record again.
func TestTrailThatCannotBeWritten(t *testing.T) {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	defer slog.SetDefault(log)
	out, err := audit.Trail(&trail{err: errors.New("no table")}, "audit").Invoke(t.Context(), []byte(event))
	if want := `{"batchItemFailures":[{"itemIdentifier":"7"}]}`; err != nil || string(out) != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}
