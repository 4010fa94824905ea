package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// refusing is a server that finds each write wrong and quotes what it got.
type refusing struct{ *dynamodb.Client }

var errQuoting = &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "PutItem", Err: &smithy.GenericAPIError{
	Code: "ValidationException", Message: "The parameter cannot be converted to a numeric value: " + secret,
}}

func (refusing) PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return nil, errQuoting
}

func (refusing) UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return nil, errQuoting
}

func (refusing) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return nil, errQuoting
}

func (refusing) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return nil, errQuoting
}

func (refusing) Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return nil, errQuoting
}

type blind struct{ refusing }

func (blind) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return nil, errQuoting
}

// TestErrorsQuoteNothing has servers whose refusals quote a payload.
func TestErrorsQuoteNothing(t *testing.T) {
	client := newClient(t)
	for name, c := range map[string]dynamostore.Client{"with reads": refusing{client}, "without": blind{refusing{client}}} {
		for _, index := range []string{"", "jobs"} {
			store, err := dynamostore.New[string, string](c, newTable(t, client), func(o *dynamostore.Options) { o.Index = index })
			if err != nil {
				t.Fatal(err)
			}
			for op, err := range everyCall(t.Context(), store) {
				if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
					t.Errorf("%s: %s returned %v", name, op, err)
				}
				var api smithy.APIError
				if (op == "get" || op == "retry") && name == "with reads" {
					continue // the job does not exist
				}
				if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
					t.Errorf("%s: %s hides the SDK's error: %v", name, op, err)
				}
			}
		}
	}
}

// TestAnOutputThatDynamoDBRefuses is the output's fault, which Run ends the job for, or goes on
// without when it is the output so far. Without one, nothing is said of the job.
func TestAnOutputThatDynamoDBRefuses(t *testing.T) {
	store, err := dynamostore.New[string, string](blind{}, "jobs")
	if err != nil {
		t.Fatal(err)
	}
	held := jobstore.Claim{ID: "1", Attempt: 1, Owner: "o"}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"the output":               {store.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "a"}), true},
		"a failure":                {store.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Failed, Error: "a"}), false},
		"the output so far":        {store.Report(t.Context(), held, jobstore.Heartbeat{Seq: 1, Partial: "a"}), true},
		"a report without any":     {store.Report(t.Context(), held, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 1}}), false},
		"a renewal without either": {store.Report(t.Context(), held, jobstore.Heartbeat{Seq: 1, LeaseUntil: time.Now()}), false},
	} {
		if c.err == nil || errors.Is(c.err, jobstore.ErrInvalid) != c.want || strings.Contains(c.err.Error(), secret) {
			t.Errorf("%s: %v, want it to be an ErrInvalid: %v", name, c.err, c.want)
		}
	}
}

// card has a part that does not decode from text.
type card struct {
	Number int
	Valid  time.Time
}

func TestDecodingQuotesNothing(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[card, card](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for id, record := range map[string]map[string]any{
		"input": {"input": map[string]any{"Number": secret}}, "fraction": {"input": map[string]any{"Number": 411111.5}},
		"date": {"input": map[string]any{"Valid": secret}}, "metadata": {"metadata": `{"a": "` + secret},
	} {
		record["id"], record["status"] = id, "pending"
		put(t, client, table, record)
		_, get := store.Get(t.Context(), id)
		run := jobstore.Run(t.Context(), store, id, func(context.Context, *jobstore.Job[card, card]) (card, error) { return card{}, nil }, quiet)
		for call, err := range map[string]error{"Get": get, "Run": run} {
			if !errors.Is(err, jobstore.ErrDecode) || strings.Contains(err.Error(), "1111") {
				t.Errorf("%s: %s returned %v", id, call, err)
			}
		}
		got, _ := store.Get(t.Context(), id)
		if text := got.Error + got.ErrorDetail; got.Status != jobstore.Failed || strings.Contains(text, "1111") {
			t.Errorf("%s: the record is %s and says %q", id, got.Status, text)
		}
	}
}

// TestAnOutputThatDoesNotDecode is refused by readers. The next attempt removes it.
func TestAnOutputThatDoesNotDecode(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[card, card](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "1", "status": "pending", "output": secret})
	if _, err := store.Get(t.Context(), "1"); !errors.Is(err, jobstore.ErrDecode) || strings.Contains(err.Error(), "1111") {
		t.Errorf("Get returned %v", err)
	}
	err = jobstore.Run(t.Context(), store, "1", func(context.Context, *jobstore.Job[card, card]) (card, error) { return card{Number: 7}, nil }, quiet)
	if got, getErr := store.Get(t.Context(), "1"); err != nil || getErr != nil || got.Output.Number != 7 {
		t.Errorf("Run returned %v, and left %v, %v", err, got, getErr)
	}
}
