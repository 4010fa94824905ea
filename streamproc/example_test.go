package streamproc_test

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

func ExampleNew() {
	type QueryJob struct {
		ID    string `dynamodbav:"id"`
		Query string `dynamodbav:"query"`
	}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[QueryJob]) error {
		fmt.Println(r.New.ID, r.New.Query)
		return nil
	})
	created := streamtest.New().Insert(map[string]string{"id": "job-1", "status": "pending", "query": "Sales?"})
	response, err := d.Invoke(context.Background(), streamtest.Payload(created))
	fmt.Println(string(response), err)
	// Output:
	// job-1 Sales?
	// {"batchItemFailures":[]} <nil>
}

// A table that spells its statuses otherwise.
func ExampleInserted() {
	d := streamproc.New(func(_ context.Context, r streamproc.Record[struct{ ID string }]) error {
		fmt.Println(r.New.ID)
		return nil
	}, func(o *streamproc.Options) { o.Filter = streamproc.Inserted("state", "NEW") })
	stream := streamtest.New()
	response, err := d.Invoke(context.Background(), streamtest.Payload(
		stream.Insert(map[string]string{"id": "order-1", "state": "NEW"}),
		stream.Insert(map[string]string{"id": "order-2", "state": "PAID"}),
	))
	fmt.Println(string(response), err)
	// Output:
	// order-1
	// {"batchItemFailures":[]} <nil>
}

// A handler that wants to know only which item has changed, on a stream that has
// nothing but the keys.
func ExampleOptions_needs() {
	evict := func(id string) { fmt.Println("evict", id) }
	d := streamproc.New(func(_ context.Context, r streamproc.Record[struct{}]) error {
		evict(r.Keys.Value("id"))
		return nil
	}, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(r *streamproc.RawRecord) bool { return r.Operation != streamproc.Insert })
		o.Needs = streamproc.KeysOnly
	})
	stream := streamtest.New(func(o *streamtest.Options) { o.ViewType = streamproc.KeysOnly })
	removed := stream.Remove(map[string]string{"id": "item-1"})
	response, err := d.Invoke(context.Background(), streamtest.Payload(removed))
	fmt.Println(string(response), err)
	// Output:
	// evict item-1
	// {"batchItemFailures":[]} <nil>
}

// AppSync stores its type AWSJSON as a string. A field with the tag takes that, and
// the map that another writer has stored.
func ExampleNew_json() {
	type Order struct {
		ID       string         `dynamodbav:"id"`
		Metadata map[string]any `dynamodbav:"metadata" streamproc:"json"`
	}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[Order]) error {
		fmt.Println(r.New.Metadata["color"])
		return nil
	})
	stream := streamtest.New()
	response, err := d.Invoke(context.Background(), streamtest.Payload(
		stream.Insert(map[string]any{"id": "1", "status": "pending", "metadata": `{"color":"red"}`}),
		stream.Insert(map[string]any{"id": "2", "status": "pending", "metadata": map[string]string{"color": "blue"}}),
	))
	fmt.Println(string(response), err)
	// Output:
	// red
	// blue
	// {"batchItemFailures":[]} <nil>
}
