package streamtest_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

type Order struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
}

// audit is the handler under test.
var audit = streamproc.New(func(_ context.Context, r streamproc.Record[Order]) error {
	fmt.Println(r.New.ID, r.Old.Status, "→", r.New.Status)
	return nil
}, func(o *streamproc.Options) {
	o.Filter, o.Logger = streamproc.StatusChanged("status"), slog.New(slog.DiscardHandler)
})

func ExampleNew() {
	stream := streamtest.New()
	created := stream.Insert(Order{"1", "open"})
	paid := stream.Modify(Order{"1", "open"}, Order{"1", "paid"})

	response, err := audit.Invoke(context.Background(), streamtest.Payload(created, paid))
	fmt.Println(string(response), err)
	// Output:
	// 1 open → paid
	// {"batchItemFailures":[]} <nil>
}

// A table with a sort key, whose stream has no images.
func ExampleOptions() {
	stream := streamtest.New(func(o *streamtest.Options) {
		o.Keys, o.ViewType = []string{"customer", "number"}, streamproc.KeysOnly
	})
	r := stream.Insert(map[string]any{"customer": "c-1", "number": 7, "note": "not in the record"})
	fmt.Println(r.Operation, len(r.Keys), r.New == nil)
	// Output: INSERT 2 true
}

// A record that is deleted by its time to live, for a handler that takes decoded
// events.
func ExampleEvent() {
	stream := streamtest.New()
	event := streamtest.Event(stream.Expire(Order{"1", "paid"}))
	fmt.Println(event.Records[0].EventName, event.Records[0].UserIdentity.PrincipalID)
	// Output: REMOVE dynamodb.amazonaws.com
}

// A record without an image, as of a stream with another view type, fails its batch when
// no record before it was done.
func ExampleRecord() {
	paid := streamtest.New().Modify(Order{"1", "open"}, Order{"1", "paid"})
	paid.Old = nil
	_, err := audit.Invoke(context.Background(), streamtest.Payload(paid))
	fmt.Println(err)
	// Output: streamproc: record 0: the record has no OldImage
}
