package dynamostore_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// events are the names of all records in a table's stream.
func events(t *testing.T, client *dynamodb.Client, table string) (names []types.OperationType) {
	t.Helper()
	described, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	o := client.Options()
	streams := dynamodbstreams.New(dynamodbstreams.Options{Region: o.Region, Credentials: o.Credentials, BaseEndpoint: o.BaseEndpoint})
	stream, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: described.Table.LatestStreamArn})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range stream.StreamDescription.Shards {
		it, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: described.Table.LatestStreamArn, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		records, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: it.ShardIterator})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records.Records {
			names = append(names, r.EventName)
		}
	}
	return names
}

// TestCreateOverExpired is an insertion to the stream, so that the job is triggered.
func TestCreateOverExpired(t *testing.T) {
	client, count := counted(t)
	table, now := newStreamTable(t, client), time.Now()
	store, err := dynamostore.New[string, string](client, table, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
	if err != nil {
		t.Fatal(err)
	}
	expiring := func(o *jobstore.CreateOptions) { o.ID, o.ExpiresAt = "a", now.Add(time.Minute) }
	if _, err := store.Create(t.Context(), "first", expiring); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	count.take()
	job, err := store.Create(t.Context(), "second", expiring)
	if calls := count.take(); err != nil || job.Input != "second" || job.Attempt != 0 || calls != "1 DeleteItem, 2 PutItem" {
		t.Errorf("%+v, %v with %s", job, err, calls)
	}
	want := []types.OperationType{types.OperationTypeInsert, types.OperationTypeRemove, types.OperationTypeInsert}
	if diff := cmp.Diff(want, events(t, client, table)); diff != "" {
		t.Errorf("the stream (-want +got):\n%s", diff)
	}

	put(t, client, table, map[string]any{"id": "b", "status": "complete", "expiresAt": now.Add(-time.Minute).Unix()})
	if job, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "b" }); err != nil || job.Input != "in" {
		t.Errorf("over another program's record: %+v, %v", job, err)
	}
}

// TestCreateRace has creates race for the ID of an expired job. One of them wins.
func TestCreateRace(t *testing.T) {
	client := newClient(t)
	var mu sync.Mutex
	now := time.Now()
	store := newStore(t, client, func(o *dynamostore.Options) {
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	expiring := func(o *jobstore.CreateOptions) { o.ID, o.ExpiresAt = "a", now.Add(time.Minute) }
	for range 20 {
		if _, err := store.Create(t.Context(), "old", expiring); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		now = now.Add(time.Hour)
		mu.Unlock()
		won := make(chan string, 8)
		var wg sync.WaitGroup
		for range cap(won) {
			wg.Go(func() {
				job, err := store.Create(t.Context(), jobstore.NewID(), expiring)
				if err == nil {
					won <- job.Input
				} else if !errors.Is(err, jobstore.ErrExists) || job.Input == "old" {
					t.Errorf("a loser got %+v, %v", job, err)
				}
			})
		}
		wg.Wait()
		if got, err := store.Get(t.Context(), "a"); len(won) != 1 || err != nil || got.Input != <-won {
			t.Fatalf("%d creates won, the job is %+v, %v", len(won), got, err)
		}
		mu.Lock()
		now = now.Add(time.Hour)
		mu.Unlock()
	}
}

// TestExpiredJobsTakeFewRequests to list a caller's jobs, also one at a time.
func TestExpiredJobsTakeFewRequests(t *testing.T) {
	client, count := counted(t)
	now := time.Now()
	store := newStore(t, client, func(o *dynamostore.Options) {
		o.CallerIndex, o.Now = "callers", func() time.Time { return now }
	})
	create := func(kept time.Duration) string {
		now = now.Add(time.Second)
		job, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.Caller, o.Retention = "ann", kept })
		if err != nil {
			t.Fatal(err)
		}
		return job.ID
	}
	want := []string{create(time.Hour)}
	for range 30 {
		create(time.Minute)
	}
	want = append(want, create(time.Hour))
	slices.Reverse(want)
	now = now.Add(30 * time.Minute)
	count.take()
	var got []string
	for job, err := range store.ListByCaller(t.Context(), "ann", jobstore.CallerListOptions{PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, job.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if calls := count.take(); calls != "3 Query" {
		t.Errorf("it took %s, want 3: two of two jobs, and one of the others", calls)
	}
}
