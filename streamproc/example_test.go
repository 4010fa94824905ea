package streamproc_test

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
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
	response, err := d.Invoke(context.Background(), []byte(`{"Records": [{"eventName": "INSERT", "dynamodb": {
		"SequenceNumber": "1", "StreamViewType": "NEW_IMAGE",
		"NewImage": {"id": {"S": "job-1"}, "status": {"S": "pending"}, "query": {"S": "Sales?"}}}}]}`))
	fmt.Println(string(response), err)
	// Output:
	// job-1 Sales?
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
	response, err := d.Invoke(context.Background(), []byte(`{"Records": [{"eventName": "MODIFY", "dynamodb": {
		"SequenceNumber": "1", "StreamViewType": "KEYS_ONLY", "Keys": {"id": {"S": "item-1"}}}}]}`))
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
	for _, metadata := range []string{`{"S": "{\"color\":\"red\"}"}`, `{"M": {"color": {"S": "blue"}}}`} {
		_, err := d.Invoke(context.Background(), []byte(`{"Records": [{"eventName": "INSERT", "dynamodb": {
			"SequenceNumber": "1", "StreamViewType": "NEW_IMAGE",
			"NewImage": {"id": {"S": "1"}, "status": {"S": "pending"}, "metadata": `+metadata+`}}}]}`))
		if err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// red
	// blue
}
