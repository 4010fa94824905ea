package dynamostore_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

func retention(d time.Duration) func(*dynamostore.Options) {
	return func(o *dynamostore.Options) { o.Retention = d }
}

// TestRetention is what TTL reads: the attribute in the table, or none.
func TestRetention(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	now := time.Now()
	for name, c := range map[string]struct {
		opt  func(*dynamostore.Options)
		want time.Duration
	}{
		"the default": {func(*dynamostore.Options) {}, 90 * 24 * time.Hour},
		"another":     {retention(time.Minute), time.Minute},
		"forever":     {retention(jobstore.KeepForever), 0},
	} {
		store, err := dynamostore.New[string, string](client, table, c.opt, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
		if err != nil {
			t.Fatal(err)
		}
		job, err := store.Create(t.Context(), "in")
		if err != nil {
			t.Fatal(err)
		}
		out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: &table, Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: job.ID}}, ConsistentRead: aws.Bool(true),
		})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := out.Item["expiresAt"].(*types.AttributeValueMemberN)
		if !ok {
			got = &types.AttributeValueMemberN{Value: "none"}
		}
		want := "none"
		if c.want > 0 {
			want = strconv.FormatInt(now.Add(c.want).Unix(), 10)
		}
		if got.Value != want {
			t.Errorf("%s: expiresAt is %s, want %s", name, got.Value, want)
		}
	}
}

// TestRetentionOfOlderJobs leaves those alone that are in the table without an expiry.
func TestRetentionOfOlderJobs(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	before, err := dynamostore.New[string, string](client, table, retention(jobstore.KeepForever))
	if err != nil {
		t.Fatal(err)
	}
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	job, err := before.Create(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	held, err := store.Claim(t.Context(), job.ID, jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Settle(t.Context(), held.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed}); err != nil {
		t.Fatal(err)
	}
	if job, err = store.Retry(t.Context(), job.ID); err != nil || !job.ExpiresAt.IsZero() {
		t.Errorf("an older job expires at %v, %v", job.ExpiresAt, err)
	}
}

// TestRetentionIsChecked as what may come from the environment: by an error.
func TestRetentionIsChecked(t *testing.T) {
	client := newClient(t)
	for want, d := range map[string]time.Duration{"0s": 0, "-720h0m0s": -720 * time.Hour, "30ns": 30, "59.999999999s": time.Minute - 1} {
		_, err := dynamostore.New[string, string](client, "t", retention(d))
		_, madeErr := dynamostore.CreateTable(t.Context(), client, "t", retention(d))
		for constructor, err := range map[string]error{"New": err, "CreateTable": madeErr} {
			text := "dynamostore: " + constructor + ": Options.Retention is " + want + ", want at least 1m0s, or jobstore.KeepForever"
			if err == nil || !strings.HasPrefix(err.Error(), text) {
				t.Errorf("got %v, want %q", err, text)
			}
		}
	}
}
