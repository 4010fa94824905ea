package dynamostore_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

func TestChaos(t *testing.T) {
	client := newClient(t)
	for name, opt := range map[string]func(*dynamostore.Options){
		"scan":  func(*dynamostore.Options) {},
		"index": func(o *dynamostore.Options) { o.Index = "unfinished" },
	} {
		t.Run(name, func(t *testing.T) {
			table, b := newTable(t, client, opt), newBridge(t, client)
			jobstoretest.Chaos(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
				store, err := dynamostore.New[string, string](b, table, opt, func(o *dynamostore.Options) { o.Now = c.Now })
				if err != nil {
					t.Fatal(err)
				}
				return store
			}, func(o *jobstoretest.ChaosOptions) { o.Jobs = 150 })
		})
	}
}

// bridge lets goroutines of a synctest bubble use a real client, whose own
// goroutines live outside it: while a call is under way, no virtual time passes.
type bridge struct {
	client *dynamodb.Client
	calls  chan func()
	done   chan struct{}
	free   chan struct{} // holds one token: one call at a time
}

func newBridge(t *testing.T, client *dynamodb.Client) *bridge {
	b := &bridge{client: client, calls: make(chan func()), done: make(chan struct{}), free: make(chan struct{}, 1)}
	b.free <- struct{}{}
	go func() {
		for call := range b.calls {
			call()
			b.done <- struct{}{}
		}
	}()
	t.Cleanup(func() { close(b.calls) })
	return b
}

func across[In, Out any](b *bridge, call func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error), in *In) (out *Out, err error) {
	<-b.free
	b.calls <- func() { out, err = call(context.Background(), in) }
	<-b.done
	b.free <- struct{}{}
	return out, err
}

func (b *bridge) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return across(b, b.client.PutItem, in)
}

func (b *bridge) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return across(b, b.client.GetItem, in)
}

func (b *bridge) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return across(b, b.client.DeleteItem, in)
}

func (b *bridge) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return across(b, b.client.UpdateItem, in)
}

func (b *bridge) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return across(b, b.client.Query, in)
}

func (b *bridge) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return across(b, b.client.Scan, in)
}
