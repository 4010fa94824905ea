package dynamostore_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// nullClient answers each query with null in place of an item.
type nullClient struct {
	dynamostore.Client
	dynamostore.SweepClient
}

func (nullClient) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return &dynamodb.QueryOutput{Items: []map[string]types.AttributeValue{nil}}, nil
}

func TestNullIsNoItem(t *testing.T) {
	store, err := dynamostore.New[string, string](nullClient{}, "table", func(o *dynamostore.Options) {
		o.Index, o.CallerIndex, o.Marker = "index", "callers", jobstore.Marker{Name: "kind", Value: "job"}
	})
	if err != nil {
		t.Fatal(err)
	}
	for job, err := range store.Stuck(t.Context(), time.Now()) {
		if err == nil {
			t.Errorf("stuck: %+v", job)
		}
	}
	if ids, err := store.Pick(t.Context(), time.Now(), 1); len(ids) > 0 || err != nil {
		t.Errorf("picked %q, %v", ids, err)
	}
}
