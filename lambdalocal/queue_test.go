package lambdalocal_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

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
