package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/audit"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
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

// event returns the records of a job that starts, and then reports.
func event() []byte {
	stream := streamtest.New(func(o *streamtest.Options) {
		o.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	})
	started := stream.Modify(map[string]any{"id": "a", "status": "pending"}, map[string]any{"id": "a", "status": "processing"})
	started.SequenceNumber = "7"
	reported := stream.Modify(map[string]any{"id": "a", "status": "processing"}, map[string]any{"id": "a", "status": "processing", "progress": 10})
	return streamtest.Payload(started, reported)
}

func TestTrail(t *testing.T) {
	f := &trail{items: map[[2]string]map[string]string{}}
	d := audit.Trail(f, "audit")
	key := [2]string{"a", strings.Repeat("0", 39) + "7"}
	want := map[[2]string]map[string]string{
		key: {"id": "a", "sequence": key[1], "from": "pending", "to": "processing", "time": "2026-11-23T10:00:00Z"},
	}
	for range 2 {
		out, err := d.Invoke(t.Context(), event())
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
	out, err := audit.Trail(&trail{err: errors.New("no table")}, "audit").Invoke(t.Context(), event())
	var failed *streamproc.BatchError
	if !errors.As(err, &failed) || out != nil {
		t.Errorf("got %s, %v, want a *streamproc.BatchError", out, err)
	}
}
