package dynamostore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// failures are n jobs that have failed, by IDs in the order of the list. Each five of them
// failed at the same time.
func failures(t *testing.T, store *dynamostore.Store[string, string], clock *time.Time, n int) (ids []string) {
	t.Helper()
	for i := range n {
		job, err := store.Create(t.Context(), "in")
		if err != nil {
			t.Fatal(err)
		}
		held, err := store.Claim(t.Context(), job.ID, jobstore.Lease{Owner: jobstore.NewID(), Until: clock.Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Settle(t.Context(), held.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed}); err != nil {
			t.Fatal(err)
		}
		if i%5 == 4 {
			*clock = clock.Add(time.Second)
		}
	}
	for job, err := range jobstore.List(t.Context(), store, jobstore.FailedJobs) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, job.ID)
	}
	return ids
}

func remove(t *testing.T, client *dynamodb.Client, table, id string) {
	t.Helper()
	_, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestListWhileRecordsAreDeleted lists in pages of each size, in both orders, and has every
// second record deleted, some before and some after they were listed. All others are listed
// once, and in order.
func TestListWhileRecordsAreDeleted(t *testing.T) {
	client := newClient(t)
	for _, size := range []int{1, 2, 7, 100} {
		for _, newest := range []bool{false, true} {
			table, now := newTable(t, client, indexed), time.Now()
			store, err := dynamostore.New[string, string](client, table, indexed, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
			if err != nil {
				t.Fatal(err)
			}
			all := failures(t, store, &now, 40)
			options := func(o *jobstore.ListOptions) { o.PageSize, o.Newest = size, newest }
			if newest {
				all = inOrder(t, store, options)
			}
			got, after := []string(nil), ""
			for n := range len(all) {
				page, next := pageOf(t, store, after, size, options)
				got, after = append(got, page...), next
				if len(page) < size {
					break
				}
				remove(t, client, table, all[len(got)-1])              // the cursor's own
				remove(t, client, table, all[min(len(got)+1+n%3, 39)]) // one that is still to come
			}
			if gone := without(all, got); !slices.IsSortedFunc(got, byPlace(all)) || len(slices.Compact(slices.Clone(got))) != len(got) || !deleted(t, store, gone) {
				t.Errorf("pages of %d, newest first: %t: listed\n%v of\n%v; the others are not deleted, or it is out of order", size, newest, got, all)
			}
		}
	}
}

func indexed(o *dynamostore.Options) { o.Index = "jobs" }

func inOrder(t *testing.T, store *dynamostore.Store[string, string], opts ...func(*jobstore.ListOptions)) (ids []string) {
	t.Helper()
	for job, err := range jobstore.List(t.Context(), store, jobstore.FailedJobs, opts...) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, job.ID)
	}
	return ids
}

// pageOf lists up to size jobs behind a cursor, and returns that of the last.
func pageOf(t *testing.T, store *dynamostore.Store[string, string], after string, size int, options func(*jobstore.ListOptions)) (ids []string, next string) {
	t.Helper()
	for job, err := range jobstore.List(t.Context(), store, jobstore.FailedJobs, options, func(o *jobstore.ListOptions) { o.After = after }) {
		if err != nil {
			t.Fatal(err)
		}
		ids, next = append(ids, job.ID), job.Cursor
		if len(ids) == size {
			break
		}
	}
	return ids, next
}

func byPlace(all []string) func(a, b string) int {
	return func(a, b string) int { return slices.Index(all, a) - slices.Index(all, b) }
}

func without(all, listed []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(listed, id) })
}

// deleted is true when no job of these exists.
func deleted(t *testing.T, store *dynamostore.Store[string, string], ids []string) bool {
	for _, id := range ids {
		if _, err := store.Get(t.Context(), id); err == nil {
			return false
		}
	}
	return true
}

// TestListOfForeignRecords: a record of another program may not say when it was created, or in
// another form. The list shows what it can.
func TestListOfForeignRecords(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client, indexed)
	store, err := dynamostore.New[string, string](client, table, indexed)
	if err != nil {
		t.Fatal(err)
	}
	created := time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)
	for id, at := range map[string]any{"none": nil, "NULL": map[string]any(nil), "seconds": "2026-11-26T09:00:00Z", "zone": "2026-11-26T10:00:00.000001+01:00", "text": "yesterday", "number": 7} {
		record := map[string]any{"id": id, "status": "pending", "shard": "open-0", "sweepAt": created.UnixMilli(), "handOvers": "three", "errorExcerpt": []string{"x"}}
		if id != "none" {
			record["createdAt"] = at
		}
		put(t, client, table, record)
	}
	list := func(opts ...func(*jobstore.ListOptions)) (ids []string) {
		t.Helper()
		for job, err := range jobstore.List(t.Context(), store, jobstore.UnfinishedJobs, opts...) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, job.ID)
		}
		slices.Sort(ids)
		return ids
	}
	undated := []string{"NULL", "none", "number", "text"}
	for _, c := range []struct {
		what        string
		from, until time.Time
		want        []string
	}{
		{"all", time.Time{}, time.Time{}, []string{"NULL", "none", "number", "seconds", "text", "zone"}},
		{"from", created, time.Time{}, []string{"seconds", "zone"}},
		{"from a moment later", created.Add(time.Microsecond), time.Time{}, []string{"zone"}},
		{"until", time.Time{}, created, undated},
	} {
		if diff := cmp.Diff(c.want, list(func(o *jobstore.ListOptions) { o.CreatedFrom, o.CreatedUntil = c.from, c.until })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestListBoundedReads: what is outside of the times is not read.
func TestListBoundedReads(t *testing.T) {
	client, units := metered(t)
	now := time.Now()
	store := newStore(t, client, indexed, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
	failures(t, store, &now, 40)
	for _, c := range []struct {
		what string
		opt  func(*jobstore.ListOptions)
		want int // requests
	}{
		{"a time to come", func(o *jobstore.ListOptions) { o.From = now.Add(time.Hour) }, 16},
		{"no time", func(o *jobstore.ListOptions) { o.From, o.Until = now, now }, 0},
	} {
		units.take()
		if got := inOrder(t, store, c.opt); len(got) != 0 {
			t.Errorf("%s: listed %v", c.what, got)
		}
		if requests, _, read := units.taken(); requests != c.want || read != float64(c.want)/2 {
			t.Errorf("%s: %d requests and %g read units, want %d and half of that", c.what, requests, read, c.want)
		}
	}
}
