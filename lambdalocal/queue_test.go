package lambdalocal_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// attempts notes when a function ran, and under which request ID.
type attempts struct {
	began time.Time

	mu  sync.Mutex // an attempt that timed out runs on beside the next
	at  []time.Duration
	ids []string
}

// note returns the number of the attempt, from 1.
func (a *attempts) note(ctx context.Context) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	lc, _ := lambdacontext.FromContext(ctx)
	a.at, a.ids = append(a.at, time.Since(a.began)), append(a.ids, lc.AwsRequestID)
	return len(a.at)
}

func TestEventIsRetriedAfterOneAndTwoMinutes(t *testing.T) {
	handlers := map[string]func() error{
		"an error": func() error { return &problem{"no luck"} },
		"a panic":  func() error { panic("ouch") },
	}
	for name, fail := range handlers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				a := &attempts{began: time.Now()}
				dead := make(chan string, 1)
				add(t, local, "f", func(ctx context.Context, _ any) error {
					a.note(ctx)
					return fail()
				}, func(o *lambdalocal.FunctionOptions) {
					o.DeadLetter = func(d lambdalocal.DeadLetter) {
						if d.RequestID != a.ids[0] || d.ErrorCode != 200 || d.ErrorMessage == "" {
							t.Errorf("the dead letter is %+v", d)
						}
						dead <- string(d.Body)
					}
				})
				enqueue(t, local, "f", `{"n":1}`)
				if got := <-dead; got != `{"n":1}` {
					t.Errorf("the dead letter was %s", got)
				}
				if len(a.at) != 3 || a.at[0] != 0 || a.at[1] != time.Minute || a.at[2] != 3*time.Minute {
					t.Errorf("ran at %v, want 0, 1m and 3m", a.at)
				}
				if a.ids[0] != a.ids[1] || a.ids[0] != a.ids[2] {
					t.Errorf("ran under %q, want one request ID", a.ids)
				}
			})
		})
	}
}

func TestEventStopsWhenItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		a := &attempts{began: time.Now()}
		add(t, local, "f", func(ctx context.Context) error {
			if a.note(ctx) == 1 {
				time.Sleep(time.Hour) // times out
			}
			return nil
		})
		enqueue(t, local, "f", "")
		pass(24 * time.Hour)
		if len(a.at) != 2 || a.at[1] != 3*time.Second+time.Minute {
			t.Errorf("ran at %v, want 0 and, a minute after the time-out, 1m3s", a.at)
		}
	})
}

func TestEventWithoutDeadLetterIsLoggedAsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		add(t, local, "f", func() error { return &problem{"no luck"} }, func(o *lambdalocal.FunctionOptions) { o.MaximumRetryAttempts = 0 })
		enqueue(t, local, "f", `{"secret":1}`)
		synctest.Wait()
		if !strings.Contains(log.String(), "event lost") || !strings.Contains(log.String(), "no luck") || strings.Contains(log.String(), "secret") {
			t.Errorf("logged %s", log)
		}
	})
}

func TestCloseCountsEventsItDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		add(t, local, "f", func() error { return &problem{"no luck"} })
		enqueue(t, local, "f", "")
		enqueue(t, local, "f", "")
		synctest.Wait()
		if err := local.Close(); err == nil || !strings.Contains(err.Error(), "2 event(s)") {
			t.Errorf("Close returned %v", err)
		}
	})
}

// spoiler is a handler that overwrites its payload and fails.
type spoiler struct{ got []string }

func (s *spoiler) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	s.got = append(s.got, string(payload))
	clear(payload)
	return nil, &problem{"no luck"}
}

func TestEachAttemptGetsThePayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s := &spoiler{}
		add(t, local, "f", s)
		enqueue(t, local, "f", `{"n":1}`)
		pass(time.Hour)
		if got := strings.Join(s.got, " "); got != `{"n":1} {"n":1} {"n":1}` {
			t.Errorf("got %q", got)
		}
	})
}

func TestWaitScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 0.01 })
		a := &attempts{began: time.Now()}
		add(t, local, "f", func(ctx context.Context) error {
			a.note(ctx)
			return &problem{"no luck"}
		})
		enqueue(t, local, "f", "")
		pass(time.Minute)
		if len(a.at) != 3 || a.at[1] != 600*time.Millisecond || a.at[2] != 1800*time.Millisecond {
			t.Errorf("ran at %v", a.at)
		}
	})
}

// TestWaitScaleThatIsLarge: an age that is longer than a Duration does not overflow.
func TestWaitScaleThatIsLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 1e6 })
		a := &attempts{began: time.Now()}
		add(t, local, "f", func(ctx context.Context) error {
			a.note(ctx)
			return &problem{"no luck"}
		})
		enqueue(t, local, "f", "")
		pass(4e6 * time.Minute)
		if len(a.at) != 3 {
			t.Errorf("ran at %v", a.at)
		}
	})
}

// TestThrottledEventsWait: the backoff begins at 1 s, and no attempt is used up.
func TestThrottledEventsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		a := &attempts{began: time.Now()}
		add(t, local, "f", func(ctx context.Context, n int) error {
			a.note(ctx)
			time.Sleep(10 * time.Second)
			return nil
		}, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency, o.Timeout = 1, time.Minute })
		enqueue(t, local, "f", "1")
		synctest.Wait()
		enqueue(t, local, "f", "2")
		pass(time.Hour)
		if len(a.at) != 2 || a.at[1] != 15*time.Second { // tried after 0, 1, 3, 7 and 15 s
			t.Errorf("ran at %v, want 0 and 15s", a.at)
		}
		if _, err := invoke(t.Context(), local, "f", "3", ""); err != nil || len(a.at) != 3 {
			t.Errorf("the concurrency was not given back: %v", err)
		}
	})
}

// TestThrottlesUseUpNoAttempt: an event that was throttled still has three attempts.
func TestThrottlesUseUpNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s, failed := &sink{}, 0
		add(t, local, "f", func(n int) error {
			if n == 2 {
				failed++
				return &problem{"no luck"}
			}
			time.Sleep(20 * time.Second)
			return nil
		}, s.options, func(o *lambdalocal.FunctionOptions) {
			o.ReservedConcurrency, o.Timeout, o.OnSuccess = 1, time.Minute, nil
		})
		enqueue(t, local, "f", "1")
		synctest.Wait()
		enqueue(t, local, "f", "2")
		pass(time.Hour)
		if failed != 3 || s.records[0].RequestContext.ApproximateInvokeCount != 3 {
			t.Errorf("ran %d times; the record is %+v", failed, s.records[0])
		}
	})
}

// TestCallbacksGetCopies: one callback cannot change what the next one gets.
func TestCallbacksGetCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s := &sink{}
		add(t, local, "f", func() error { return &problem{"no luck"} }, s.options, func(o *lambdalocal.FunctionOptions) {
			o.DeadLetter = func(d lambdalocal.DeadLetter) { clear(d.Body) }
		})
		enqueue(t, local, "f", `{"n":1}`)
		pass(time.Hour)
		if got := string(s.records[0].RequestPayload); got != `{"n":1}` {
			t.Errorf("the record has %q", got)
		}
	})
}

func TestClientContextStaysWithSynchronousInvokes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		add(t, local, "f", func(ctx context.Context) {
			if lc, _ := lambdacontext.FromContext(ctx); len(lc.ClientContext.Custom) != 0 {
				t.Errorf("an event came with the client context %v", lc.ClientContext)
			}
		})
		_, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{
			FunctionName: aws.String("f"), InvocationType: types.InvocationTypeEvent,
			ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`))),
		})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	})
}

func TestSynchronousInvokesAreThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		add(t, local, "f", func() { time.Sleep(time.Second) }, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 1 })
		go invoke(t.Context(), local, "f", "{}", "")
		synctest.Wait()
		_, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f")}, func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
		as[*types.TooManyRequestsException](t, err)
	})
}

// sink collects what a destination or a dead-letter queue gets.
type sink struct {
	mu      sync.Mutex
	records []lambdalocal.InvocationRecord
	dead    []lambdalocal.DeadLetter
}

func (s *sink) options(o *lambdalocal.FunctionOptions) {
	take := func(r lambdalocal.InvocationRecord) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.records = append(s.records, r)
	}
	o.OnSuccess, o.OnFailure = take, take
	o.DeadLetter = func(d lambdalocal.DeadLetter) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dead = append(s.dead, d)
	}
}

// only returns the one record, as JSON without what differs from run to run.
func (s *sink) only(t *testing.T) string {
	t.Helper()
	if len(s.records) != 1 {
		t.Fatalf("%d records", len(s.records))
	}
	r := s.records[0]
	if _, err := time.Parse(time.RFC3339, r.Timestamp); err != nil || len(r.RequestContext.RequestID) != 36 {
		t.Errorf("the record is %+v", r)
	}
	r.Timestamp, r.RequestContext.RequestID = "T", "ID"
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestDestinations has the members that AWS was seen to send: localstack/localstack@8b9a79f,
// test_lambda_destinations.snapshot.json, and test_lambda.snapshot.json,
// test_reserved_concurrency.
func TestDestinations(t *testing.T) {
	const arn = `"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"`
	tests := map[string]struct {
		handler any
		option  func(*lambdalocal.FunctionOptions)
		want    string
		dead    string // error code and message
	}{
		"success": {
			func() (string, error) { return "done", nil }, nil,
			`{"version":"1.0","timestamp":"T","requestContext":{"requestId":"ID",` + arn + `,"condition":"Success","approximateInvokeCount":1},` +
				`"requestPayload":{"n":1},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"responsePayload":"done"}`,
			"",
		},
		"retries exhausted": {
			func() error { return &problem{"no luck"} }, nil,
			`{"version":"1.0","timestamp":"T","requestContext":{"requestId":"ID",` + arn + `,"condition":"RetriesExhausted","approximateInvokeCount":3},` +
				`"requestPayload":{"n":1},"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` +
				`"responsePayload":{"errorMessage":"no luck","errorType":"problem"}}`,
			"200 no luck",
		},
		"too old between its tries": {
			func() error { return &problem{"no luck"} }, func(o *lambdalocal.FunctionOptions) { o.MaximumEventAge = 2 * time.Minute },
			`{"version":"1.0","timestamp":"T","requestContext":{"requestId":"ID",` + arn + `,"condition":"EventAgeExceeded","approximateInvokeCount":2},` +
				`"requestPayload":{"n":1},"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` +
				`"responsePayload":{"errorMessage":"no luck","errorType":"problem"}}`,
			"200 no luck",
		},
		"no concurrency at all": {
			func() {}, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 },
			`{"version":"1.0","timestamp":"T","requestContext":{"requestId":"ID",` + arn + `,"condition":"ZeroReservedConcurrency","approximateInvokeCount":0},"requestPayload":{"n":1}}`,
			"429 Rate Exceeded.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				s := &sink{}
				add(t, local, "f", tt.handler, s.options, func(o *lambdalocal.FunctionOptions) {
					if tt.option != nil {
						tt.option(o)
					}
				})
				enqueue(t, local, "f", `{"n":1}`)
				pass(24 * time.Hour)
				if got := s.only(t); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				dead := ""
				for _, d := range s.dead {
					dead += fmt.Sprintf("%d %s", d.ErrorCode, d.ErrorMessage)
				}
				if dead != tt.dead {
					t.Errorf("the dead letters are %q, want %q", dead, tt.dead)
				}
			})
		})
	}
}

// TestThrottledEventsExpire: after six hours, however long the last wait was.
func TestThrottledEventsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s, began := &sink{}, time.Now()
		add(t, local, "f", func() { time.Sleep(time.Hour) }, s.options, func(o *lambdalocal.FunctionOptions) {
			o.ReservedConcurrency, o.Timeout = 1, 90*time.Minute
		})
		for range 8 { // each runs for an hour
			enqueue(t, local, "f", "{}")
		}
		pass(12 * time.Hour)
		expired := 0
		for _, r := range s.records {
			if at, _ := time.Parse(time.RFC3339, r.Timestamp); r.RequestContext.Condition == "EventAgeExceeded" && at.Sub(began) == 6*time.Hour {
				expired++
			}
		}
		if len(s.records) != 8 || expired < 1 || expired != len(s.dead) {
			t.Errorf("%d of %d expired after six hours, with %d dead letters", expired, len(s.records), len(s.dead))
		}
	})
}

// TestRecursionIsStopped: the seventeenth invocation of a chain never runs.
func TestRecursionIsStopped(t *testing.T) {
	for allowed, want := range map[bool]int{false: 16, true: 40} {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t)
			ran, s := 0, &sink{}
			add(t, local, "f", func(ctx context.Context) error {
				if ran++; ran == 40 {
					return nil
				}
				_, err := invoke(ctx, local, "f", "{}", types.InvocationTypeEvent)
				return err
			}, s.options, func(o *lambdalocal.FunctionOptions) { o.AllowRecursion = allowed })
			enqueue(t, local, "f", "{}")
			pass(time.Hour)
			if ran != want || !allowed && len(s.dead) != 1 {
				t.Errorf("allowed %v: ran %d times with %d dead letters, want %d", allowed, ran, len(s.dead), want)
			}
		})
	}
}

func TestSynchronousRecursionIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		depth := 0
		var last error
		add(t, local, "f", func(ctx context.Context) {
			depth++
			if _, err := invoke(ctx, local, "f", "{}", ""); err != nil {
				last = err
			}
		}, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
		if _, err := invoke(t.Context(), local, "f", "{}", ""); err != nil || depth != 16 {
			t.Errorf("ran %d times, %v", depth, err)
		}
		as[*types.RecursiveInvocationException](t, last)
	})
}
