package lambdalocal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// discards collects what an on-failure destination gets.
type discards struct {
	mu   sync.Mutex
	list []lambdalocal.StreamFailure
}

func (d *discards) take(f lambdalocal.StreamFailure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, f)
}

func (d *discards) all() []lambdalocal.StreamFailure {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

func (d *discards) String() string {
	var all []string
	for _, f := range d.all() {
		var e events.DynamoDBEvent
		if err := json.Unmarshal([]byte(f.Payload), &e); err != nil {
			return err.Error()
		}
		all = append(all, strings.Join(sequences(e), "+"))
	}
	return strings.Join(all, " ")
}

// TestMappingStopAtFirstFailure has a handler that stops at the first record
// that fails, as streamproc does, and record 3 of 5 always fails.
func TestMappingStopAtFirstFailure(t *testing.T) {
	report := func(id string) (r events.DynamoDBEventResponse, _ error) {
		r.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: id}}
		return r, nil
	}
	fail := func(string) (r events.DynamoDBEventResponse, _ error) { return r, &problem{"no luck"} }
	tests := map[string]struct {
		partial, bisect bool
		fail            func(id string) (events.DynamoDBEventResponse, error)
		retries         int
		batches, gone   string
	}{
		"plain":                 {false, false, fail, 1, "1+2+3+4 1+2+3+4 5", "1+2+3+4"},
		"bisect":                {false, true, fail, 1, "1+2+3+4 1+2 3+4 3 3 4 5", "3"},
		"partial":               {true, false, report, 1, "1+2+3+4 3+4 5", "3+4"},
		"partial and bisect":    {true, true, report, 1, "1+2+3+4 3+4 3 3 4 5", "3"},
		"no retry":              {false, false, fail, 0, "1+2+3+4 5", "1+2+3+4"},
		"bisect, no retry":      {false, true, fail, 0, "1+2+3+4 1+2 3+4 3 4 5", "3"},
		"partial, no retry":     {true, false, report, 0, "1+2+3+4 5", "3+4"},
		"both, no retry":        {true, true, report, 0, "1+2+3+4 3+4 3 4 5", "3"},
		"partial, error":        {true, false, fail, 1, "1+2+3+4 1+2+3+4 5", "1+2+3+4"},
		"both, error":           {true, true, fail, 1, "1+2+3+4 1+2 3+4 3 3 4 5", "3"},
		"plain, response":       {false, false, report, 1, "1+2+3+4 5", ""},
		"bisect, response":      {false, true, report, 1, "1+2+3+4 5", ""},
		"both, bad identifier":  {true, true, func(string) (events.DynamoDBEventResponse, error) { return report("") }, 0, "1+2+3+4 1+2 3+4 3 4 5", "3"},
		"partial, two attempts": {true, false, report, 2, "1+2+3+4 3+4 3+4 5", "3+4"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, log := newLocal(t)
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
					got = append(got, strings.Join(sequences(e), "+"))
					if slices.Contains(sequences(e), "3") {
						return tt.fail("3")
					}
					return events.DynamoDBEventResponse{}, nil
				})
				gone := &discards{}
				mapFeed(t, fn, newRecords(5), func(o *lambdalocal.MappingOptions) {
					o.BatchSize, o.MaximumRetryAttempts, o.OnFailure = 4, tt.retries, gone.take
					o.ReportBatchItemFailures, o.BisectBatchOnFunctionError = tt.partial, tt.bisect
				})
				pass(time.Hour)
				if strings.Join(got, " ") != tt.batches || gone.String() != tt.gone {
					t.Errorf("batches %s, want %s\ndiscarded %s, want %s", strings.Join(got, " "), tt.batches, gone, tt.gone)
				}
				if strings.Contains(log.String(), "discarded") {
					t.Errorf("logged %s", log)
				}
			})
		})
	}
}

// TestMappingDestinationDocument has the members that AWS was seen to send:
// localstack/localstack@8b9a79f, test_lambda_integration_dynamodbstreams.snapshot.json,
// test_dynamodb_report_batch_item_failures and test_…_on_failure_destination.
func TestMappingDestinationDocument(t *testing.T) {
	tests := map[string]struct {
		handler any
		retries int
		age     time.Duration
		want    string // beside what all have
	}{
		"function error": {func() error { return &problem{"no luck"} }, 0, -1, `
			"requestContext":{"requestId":"-","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:myfunction",
				"condition":"RetryAttemptsExhausted","approximateInvokeCount":1},
			"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},`},
		"partial response": {func() (r events.DynamoDBEventResponse, _ error) {
			r.BatchItemFailures = []events.DynamoDBBatchItemFailure{{ItemIdentifier: "1"}}
			return r, nil
		}, 2, -1, `
			"requestContext":{"requestId":"-","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:myfunction",
				"condition":"RetryAttemptsExhausted","approximateInvokeCount":3},
			"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":null},`},
		"too old": {echo, -1, time.Minute, `
			"requestContext":{"requestId":"-","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:myfunction",
				"condition":"RecordAgeExceeded","approximateInvokeCount":0},`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				gone, fn := &discards{}, add(t, local, "myfunction", tt.handler)
				first, second := aged(1, time.Now()), aged(2, time.Now().Add(time.Second))
				time.Sleep(2 * time.Minute)
				mapList(t, fn, []json.RawMessage{first, second}, func(o *lambdalocal.MappingOptions) {
					o.MaximumRetryAttempts, o.MaximumRecordAge, o.OnFailure = tt.retries, tt.age, gone.take
					o.ReportBatchItemFailures = true
				})
				synctest.Wait()
				at := time.Now()
				pass(time.Minute)
				if len(gone.all()) != 1 {
					t.Fatalf("got %+v", gone.all())
				}
				f := gone.all()[0]
				if stamp, err := time.Parse(time.RFC3339, f.Timestamp); err != nil || stamp.Sub(at) > 10*time.Second {
					t.Errorf("timestamp %s", f.Timestamp)
				}
				if len(f.RequestContext.RequestID) != 36 {
					t.Errorf("requestId %q", f.RequestContext.RequestID)
				}
				f.RequestContext.RequestID, f.Timestamp = "-", "-"
				checkDocument(t, f, `{`+tt.want+`"version":"1.0","timestamp":"-","DDBStreamBatchInfo":{
					"shardId":"shardId-0","startSequenceNumber":"1","endSequenceNumber":"2","batchSize":2,
					"approximateArrivalOfFirstRecord":"2000-01-01T00:00:00Z","approximateArrivalOfLastRecord":"2000-01-01T00:00:01Z",
					"streamArn":"arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388"},
					"payload":`+quote(`{"Records":[`+string(first)+`,`+string(second)+`]}`)+`}`)
			})
		})
	}
}

func quote(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

func checkDocument(t *testing.T, v any, want string) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var got, expected any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(expected, got); d != "" {
		t.Errorf("document (-want +got):\n%s", d)
	}
}

// TestMappingThrottled: the function is busy for five minutes, and then the batch
// still has its one retry.
func TestMappingThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		began, gone := time.Now(), &discards{}
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			if len(e.Records) == 0 {
				time.Sleep(5 * time.Minute)
				return nil
			}
			if got = append(got, fmt.Sprint(sequences(e), time.Since(began).Truncate(time.Minute))); len(got) == 1 {
				return &problem{"no luck"}
			}
			return nil
		}, minutes(10), func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 1 })
		enqueue(t, local, "f", `{}`)
		synctest.Wait()
		mapFeed(t, fn, newRecords(1), func(o *lambdalocal.MappingOptions) { o.MaximumRetryAttempts, o.OnFailure = 1, gone.take })
		pass(time.Hour)
		if fmt.Sprint(got) != "[[1] 5m0s [1] 5m0s]" || len(gone.all()) != 0 {
			t.Errorf("handled %v, discarded %s", got, gone)
		}
		if trace := local.Trace(); strings.Count(trace, "throttled") < 5 || !strings.Contains(trace, "batch of 1 tried again in 1m0s") {
			t.Errorf("the trace is\n%s", trace)
		}
	})
}

func TestMappingDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, func(o *lambdalocal.Options) { o.Faults.Duplicate = 1 })
		a, got := &attempts{began: time.Now()}, []string{}
		fn := add(t, local, "f", func(ctx context.Context, e events.DynamoDBEvent) error {
			got = append(got, strings.Join(sequences(e), "+"))
			if n := a.note(ctx); n == 2 { // the duplicate fails, so the batch has failed
				return &problem{"no luck"}
			}
			return nil
		})
		mapFeed(t, fn, newRecords(3), func(o *lambdalocal.MappingOptions) { o.BatchSize = 2 })
		pass(time.Minute)
		if want := "1+2 1+2 1+2 1+2 3 3"; strings.Join(got, " ") != want {
			t.Errorf("got %q, want %s", got, want)
		}
		if len(a.ids) != 6 || a.ids[0] != a.ids[1] || a.ids[2] != a.ids[3] || a.ids[4] != a.ids[5] || a.ids[1] == a.ids[2] {
			t.Errorf("request IDs %q", a.ids)
		}
		if !strings.Contains(local.Trace(), "fault: the batch is delivered a second time") {
			t.Errorf("the trace is\n%s", local.Trace())
		}
	})
}

func TestMappingTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		fn := add(t, local, "f", func() error { return &problem{"no luck"} })
		mapFeed(t, fn, newRecords(2), func(o *lambdalocal.MappingOptions) {
			o.MaximumRetryAttempts, o.BisectBatchOnFunctionError = 1, true
		})
		pass(time.Hour)
		trace := local.Trace()
		for _, line := range []string{
			"batch of 2 from shardId-0, 1 to 2", "failed after 0.000 s: problem", "batch of 2 bisected at 2",
			"batch of 1 from shardId-0, 1 to 1", "batch of 1 tried again in 1s", "1 records discarded: RetryAttemptsExhausted",
		} {
			if !strings.Contains(trace, line) {
				t.Errorf("%q is not in the trace\n%s", line, trace)
			}
		}
	})
}
