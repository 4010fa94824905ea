package dynamostore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestRecoverySweep has a sweep look for what is due in a large table, prints what that
// takes, and holds docs/recovery.md to it. The index has no job that is complete, so the
// smaller table of -short takes the same.
func TestRecoverySweep(t *testing.T) {
	records, due := 100_000, 1_000
	if testing.Short() {
		records = 10_000
	}
	client, units := metered(t)
	indexed := func(o *dynamostore.Options) { o.Index = "jobs" }
	table := newTable(t, client, indexed)
	fill(t, client, table, records-due)
	at := time.Now().Add(-time.Hour)
	store, err := dynamostore.New[string, string](client, table, indexed, func(o *dynamostore.Options) { o.Now = func() time.Time { return at } })
	if err != nil {
		t.Fatal(err)
	}
	sweep := func(what string, want int) {
		t.Helper()
		units.take()
		began, found := time.Now(), 0
		for _, err := range store.Stuck(t.Context(), time.Now()) {
			if err != nil {
				t.Fatal(err)
			}
			found++
		}
		took := time.Since(began)
		requests, _, read := units.taken()
		figure := fmt.Sprintf("| %s | %d | %g |", what, requests, read)
		t.Logf("%s %v, %d records", figure, took.Round(time.Millisecond), records)
		if found != want || took > 5*time.Second {
			t.Errorf("%s: found %d in %v, want %d at once", what, found, took, want)
		}
		published(t, figure)
	}
	sweep("none is due", 0)
	for n := range due {
		_, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprintf("00000000-0000-7000-8000-%012d", n) })
		if err != nil {
			t.Fatal(err)
		}
	}
	sweep("1,000 are due", due)
}

func published(t *testing.T, row string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/recovery.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), row) {
		t.Errorf("docs/recovery.md has no row %q", row)
	}
}

// fill writes jobs that are complete, by several writers.
func fill(t *testing.T, client *dynamodb.Client, table string, jobs int) {
	t.Helper()
	batches := make(chan int)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for first := range batches {
				if err := writeComplete(t.Context(), client, table, first); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for first := 0; first < jobs; first += batch {
		batches <- first
	}
	close(batches)
	writers.Wait()
}

const batch = 25 // the most that DynamoDB takes

func writeComplete(ctx context.Context, client *dynamodb.Client, table string, first int) error {
	var writes []types.WriteRequest
	for n := range batch {
		item, err := attributevalue.MarshalMap(map[string]any{
			"id": fmt.Sprint("complete-", first+n), "status": jobstore.Complete, "input": "in", "output": "out",
		})
		if err != nil {
			return err
		}
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	out, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
	if err == nil && len(out.UnprocessedItems) > 0 {
		err = fmt.Errorf("%d writes were not processed", len(out.UnprocessedItems[table]))
	}
	return err
}
