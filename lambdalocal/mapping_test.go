package lambdalocal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// records is a feed with so many records, numbered from 1.
type records struct {
	n     int
	size  int // of a record, at least
	items int // that they are of in turn; 0 is an item each
}

func newRecords(n int) *records { return &records{n: n} }

func (r *records) changes(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
	first, _ := strconv.Atoi(after)
	if first == r.n {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var all []json.RawMessage
	for i := first + 1; i <= min(r.n, first+limit); i++ {
		all = append(all, r.record(i))
	}
	return all, nil
}

func (r *records) record(i int) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"eventID":"%d","pad":%q,"dynamodb":{"SequenceNumber":"%d","Keys":{"id":{"N":"%d"}}}}`,
		i, strings.Repeat("x", r.size), i, r.item(i)))
}

func (r *records) item(i int) int {
	if r.items == 0 {
		return i
	}
	return i % r.items
}

func sequences(e events.DynamoDBEvent) (ids []string) {
	for _, r := range e.Records {
		ids = append(ids, r.Change.SequenceNumber)
	}
	return ids
}

func TestMappingBatchesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var got [][]string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)) })
		mapFeed(t, fn, newRecords(5), func(o *lambdalocal.MappingOptions) { o.BatchSize = 2 })
		synctest.Wait()
		if want := "[[1 2] [3 4] [5]]"; fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

func mapFeed(t *testing.T, fn *lambdalocal.Function, r *records, opts ...func(*lambdalocal.MappingOptions)) {
	t.Helper()
	if err := fn.MapStream(lambdalocal.Feed(r.changes), opts...); err != nil {
		t.Fatal(err)
	}
}

func TestMappingRetriesAFailedBatchBeforeTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			if got = append(got, strings.Join(sequences(e), "+")); len(got) <= 3 {
				return &problem{"no luck"}
			}
			return nil
		})
		mapFeed(t, fn, newRecords(3), func(o *lambdalocal.MappingOptions) { o.BatchSize = 2 })
		pass(time.Hour)
		if want := []string{"1+2", "1+2", "1+2", "1+2", "3"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestMappingPartialBatchResponses has what AWS was seen to do: localstack/localstack@8b9a79f,
// test_lambda_integration_dynamodbstreams.snapshot.json and _kinesis.snapshot.json,
// test_…_report_batch_item_success_scenarios and _failure_scenarios. The others are by AWS's
// page, or strict.
func TestMappingPartialBatchResponses(t *testing.T) {
	failures := func(ids ...string) string {
		var items []string
		for _, id := range ids {
			items = append(items, `{"itemIdentifier":`+id+`}`)
		}
		return `{"batchItemFailures":[` + strings.Join(items, ",") + `]}`
	}
	const retried = "1+2+3 1+2+3 4"
	tests := map[string]struct {
		report   bool
		response string // of the first invocation
		want     string
	}{
		"the lowest is the checkpoint":  {true, failures(`"3"`, `"2"`), "1+2+3 2+3 4"},
		"whatever the order":            {true, failures(`"2"`, `"3"`), "1+2+3 2+3 4"},
		"the last one":                  {true, failures(`"3"`), "1+2+3 3 4"},
		"ignored when not asked for":    {false, failures(`"2"`), "1+2+3 4"},
		"none":                          {true, failures(), "1+2+3 4"},
		"null list":                     {true, `{"batchItemFailures":null}`, "1+2+3 4"},
		"empty":                         {true, `{}`, "1+2+3 4"},
		"null":                          {true, `null`, "1+2+3 4"},
		"an empty identifier":           {true, failures(`""`), retried},
		"a null identifier":             {true, failures(`null`), retried},
		"a misnamed identifier":         {true, `{"batchItemFailures":[{"id":"2"}]}`, retried},
		"an identifier in another case": {true, `{"batchItemFailures":[{"ItemIdentifier":"2"}]}`, retried},
		"a foreign identifier":          {true, failures(`"9"`), retried},
		"a number":                      {true, failures(`2`), retried},
		"a number that is one of them":  {true, failures(`1`), retried},
		"no object in the list":         {true, `{"batchItemFailures":[null]}`, retried},
		"text in the list":              {true, `{"batchItemFailures":["2"]}`, retried},
		"no list":                       {true, `{"batchItemFailures":{"itemIdentifier":"2"}}`, retried},
		"the last of two lists":         {true, `{"batchItemFailures":[{"itemIdentifier":"1"}],"batchItemFailures":[]}`, "1+2+3 4"},
		"the last of two identifiers":   {true, `{"batchItemFailures":[{"itemIdentifier":"1","itemIdentifier":"3"}]}`, "1+2+3 3 4"},
		"both cases":                    {true, `{"BatchItemFailures":[{"itemIdentifier":"1"}],"batchItemFailures":[{"itemIdentifier":"3","ItemIdentifier":"1"}]}`, "1+2+3 3 4"},
		"a list in another case":        {true, `{"BatchItemFailures":[{"itemIdentifier":"2"}]}`, "1+2+3 4"},
		"another member":                {true, `{"state":{}}`, "1+2+3 4"},
		"an empty list":                 {true, ` [] `, "1+2+3 4"},
		"an empty string":               {true, `""`, "1+2+3 4"},
		"a list with something":         {true, `[{}]`, retried},
		"text":                          {true, `"ok"`, retried},
		"true":                          {true, `true`, retried},
		"a bare number":                 {true, `0`, retried},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) (json.RawMessage, error) {
					if got = append(got, strings.Join(sequences(e), "+")); len(got) == 1 {
						return json.RawMessage(tt.response), nil
					}
					return nil, nil
				})
				mapFeed(t, fn, newRecords(4), func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ReportBatchItemFailures = 3, tt.report })
				pass(time.Hour)
				if strings.Join(got, " ") != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

func TestMappingDiscardsWhenRetriesAreUsedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			got = append(got, sequences(e)[0])
			if sequences(e)[0] == "1" {
				return &problem{"no luck"}
			}
			return nil
		})
		mapFeed(t, fn, newRecords(2), func(o *lambdalocal.MappingOptions) { o.BatchSize, o.MaximumRetryAttempts = 1, 2 })
		pass(time.Hour)
		if strings.Join(got, "") != "1112" || !strings.Contains(log.String(), "records discarded") {
			t.Errorf("got %q, logged %s", got, log)
		}
	})
}

func TestMappingCountsRetriesByTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		failed, handled := map[string]bool{}, []string{}
		fn := add(t, local, "f", func(e events.DynamoDBEvent) (r events.DynamoDBEventResponse, _ error) {
			for _, id := range sequences(e) {
				if !failed[id] { // each fails once
					failed[id] = true
					r.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: id}}
					return r, nil
				}
				handled = append(handled, id)
			}
			return r, nil
		})
		mapFeed(t, fn, newRecords(3), func(o *lambdalocal.MappingOptions) { o.MaximumRetryAttempts, o.ReportBatchItemFailures = 1, true })
		pass(time.Hour)
		if strings.Join(handled, " ") != "1 2 3" {
			t.Errorf("handled %q, logged %s", handled, log)
		}
	})
}

func TestMappingEventsStayUnder6MB(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(payload json.RawMessage) error {
			if len(payload) > 6<<20 {
				t.Errorf("an event of %d bytes", len(payload))
			}
			var e events.DynamoDBEvent
			err := json.Unmarshal(payload, &e)
			got = append(got, sequences(e)...)
			return err
		})
		mapFeed(t, fn, &records{n: 10, size: 1 << 20})
		synctest.Wait()
		if strings.Join(got, " ") != "1 2 3 4 5 6 7 8 9 10" {
			t.Errorf("got %q", got)
		}
	})
}

func TestMappingReadsOnAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		got := make(chan string, 1)
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got <- sequences(e)[0] })
		calls, feed := 0, newRecords(1)
		err := fn.MapStream(lambdalocal.Feed(func(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
			switch calls++; calls {
			case 1:
				return nil, &problem{"no connection"}
			case 2:
				return []json.RawMessage{json.RawMessage(`{}`)}, nil
			}
			return feed.changes(ctx, after, limit)
		}))
		if err != nil {
			t.Fatal(err)
		}
		if first := <-got; first != "1" || !strings.Contains(log.String(), "no connection") || !strings.Contains(log.String(), "SequenceNumber") {
			t.Errorf("got %s, logged %s", first, log)
		}
	})
}

func TestMapStreamRefuses(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	feed := lambdalocal.Feed(newRecords(0).changes)
	panics(t, "MapStream: stream is nil", func() { _ = fn.MapStream(nil) })
	panics(t, "Feed: there is no function", func() { lambdalocal.Feed() })
	panics(t, "Feed: function 2 of 2 is nil", func() { lambdalocal.Feed(newRecords(0).changes, nil) })
	panics(t, "DynamoDBStream: client is nil", func() { lambdalocal.DynamoDBStream(nil, "arn") })
	const (
		window = "MappingOptions.MaximumBatchingWindow is %v, want 0 to 5m0s"
		age    = "MappingOptions.MaximumRecordAge is %v, want -1, or 1m0s to 168h0m0s"
	)
	for want, opt := range map[string]func(*lambdalocal.MappingOptions){
		"option 1 of 1 is nil":                                               nil,
		"MappingOptions.BatchSize is 0, want 1 to 10000":                     func(o *lambdalocal.MappingOptions) { o.BatchSize = 0 },
		"MappingOptions.BatchSize is 10001, want 1 to 10000":                 func(o *lambdalocal.MappingOptions) { o.BatchSize = 10_001 },
		fmt.Sprintf(window, "-1ns"):                                          func(o *lambdalocal.MappingOptions) { o.MaximumBatchingWindow = -1 },
		fmt.Sprintf(window, "5m0.000000001s"):                                func(o *lambdalocal.MappingOptions) { o.MaximumBatchingWindow = 5*time.Minute + 1 },
		"MappingOptions.ParallelizationFactor is 0, want 1 to 10":            func(o *lambdalocal.MappingOptions) { o.ParallelizationFactor = 0 },
		"MappingOptions.ParallelizationFactor is 11, want 1 to 10":           func(o *lambdalocal.MappingOptions) { o.ParallelizationFactor = 11 },
		`MappingOptions.StartingPosition is "", want TRIM_HORIZON or LATEST`: func(o *lambdalocal.MappingOptions) { o.StartingPosition = "" },
		"MappingOptions.MaximumRetryAttempts is -2, want -1 to 10000":        func(o *lambdalocal.MappingOptions) { o.MaximumRetryAttempts = -2 },
		"MappingOptions.MaximumRetryAttempts is 10001, want -1 to 10000":     func(o *lambdalocal.MappingOptions) { o.MaximumRetryAttempts = 10_001 },
		fmt.Sprintf(age, 59*time.Second):                                     func(o *lambdalocal.MappingOptions) { o.MaximumRecordAge = 59 * time.Second },
		fmt.Sprintf(age, "168h0m0.000000001s"):                               func(o *lambdalocal.MappingOptions) { o.MaximumRecordAge = 7*24*time.Hour + 1 },
	} {
		panics(t, "MapStream: "+want, func() { _ = fn.MapStream(feed, opt) })
	}
	err := fn.MapStream(lambdalocal.DynamoDBStream(&growing{}, ""))
	if want := `lambdalocal: function "f": map stream: the ARN of the DynamoDB stream is empty`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestMappingOfAFeedThatDoesNotWait: it is read four times a second, so that virtual
// time passes.
func TestMappingOfAFeedThatDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		asked, fn := 0, add(t, local, "f", echo)
		err := fn.MapStream(lambdalocal.Feed(func(context.Context, string, int) ([]json.RawMessage, error) {
			asked++
			return nil, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		local.Close()
		if asked != 241 {
			t.Errorf("asked %d times in a minute", asked)
		}
	})
}
