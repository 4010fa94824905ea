package lambdalocal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// arrivals notes the events of a schedule and when they came.
type arrivals struct {
	began time.Time

	mu     sync.Mutex
	at     []time.Duration
	events []string
}

func (a *arrivals) handle(event json.RawMessage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at, a.events = append(a.at, time.Since(a.began)), append(a.events, string(event))
}

func schedule(t *testing.T, fn *lambdalocal.Function, every time.Duration, opts ...func(*lambdalocal.ScheduleOptions)) {
	t.Helper()
	if err := fn.Schedule(every, opts...); err != nil {
		t.Fatal(err)
	}
}

func scheduler(o *lambdalocal.ScheduleOptions) { o.Kind = lambdalocal.EventBridgeScheduler }

// TestScheduleSendsTheCapturedEvents: see scheduledEvent for the captures. The clock of a
// bubble begins at midnight.
func TestScheduleSendsTheCapturedEvents(t *testing.T) {
	named := func(o *lambdalocal.ScheduleOptions) { o.Name = "each.minute" }
	for name, tt := range map[string]struct {
		opts []func(*lambdalocal.ScheduleOptions)
		want string
	}{
		"rule": {nil, `{"version":"0","id":"ID","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012",` +
			`"time":"2000-01-01T00:01:00Z","region":"us-east-1","resources":["arn:aws:events:us-east-1:123456789012:rule/f"],"detail":{}}`},
		"Scheduler": {[]func(*lambdalocal.ScheduleOptions){scheduler, named}, `{"version":"0","id":"ID","detail-type":"Scheduled Event","source":"aws.scheduler","account":"123456789012",` +
			`"time":"2000-01-01T00:00:00Z","region":"us-east-1","resources":["arn:aws:scheduler:us-east-1:123456789012:schedule/default/each.minute"],"detail":"{}"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				a := &arrivals{began: time.Now()}
				schedule(t, add(t, local, "f", a.handle), time.Minute, tt.opts...)
				pass(time.Minute)
				id := regexp.MustCompile(`"id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`)
				if got := id.ReplaceAllString(a.events[0], `"id":"ID"`); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
			})
		})
	}
}

func TestScheduleKeepsItsIntervals(t *testing.T) {
	const every = 2 * time.Minute
	for kind, want := range map[lambdalocal.ScheduleKind][]time.Duration{
		lambdalocal.EventBridgeRule:      {every, 2 * every, 3 * every},
		lambdalocal.EventBridgeScheduler: {0, every, 2 * every, 3 * every},
	} {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t)
			a := &arrivals{began: time.Now()}
			schedule(t, add(t, local, "f", a.handle), every, func(o *lambdalocal.ScheduleOptions) { o.Kind = kind })
			pass(3 * every)
			if !slices.Equal(a.at, want) {
				t.Errorf("%s: events came at %v, want %v", kind, a.at, want)
			}
		})
	}
}

// TestScheduleDoesNotWaitForTheFunction: an event is Lambda's once it is queued. Each one
// that fails is retried, after one minute and two.
func TestScheduleDoesNotWaitForTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		dead := make(chan lambdalocal.DeadLetter, 10)
		a := &attempts{began: time.Now()}
		fn := add(t, local, "f", func(ctx context.Context) error {
			a.note(ctx)
			return errors.New("no luck")
		}, func(o *lambdalocal.FunctionOptions) { o.DeadLetter = func(d lambdalocal.DeadLetter) { dead <- d } })
		schedule(t, fn, time.Minute)
		pass(4 * time.Minute)
		ids := map[string]int{}
		for _, id := range a.ids {
			ids[id]++
		}
		if got := ids[a.ids[0]]; got != 3 || len(ids) != 4 {
			t.Errorf("in 4 minutes %d events came, the first %d times; want 4, 3 times", len(ids), got)
		}
		if len(dead) != 1 {
			t.Errorf("%d events are dead, want 1", len(dead))
		}
	})
}

// TestScheduleDeliversAtLeastOnce: a copy has the same id and a request ID of its own.
func TestScheduleDeliversAtLeastOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, faulty(lambdalocal.Faults{LostResponse: 1}))
		events, ids := &arrivals{began: time.Now()}, &attempts{began: time.Now()}
		schedule(t, add(t, local, "f", func(ctx context.Context, event json.RawMessage) {
			ids.note(ctx)
			events.handle(event)
		}), time.Minute)
		pass(time.Minute)
		if len(events.events) != 2 || events.events[0] != events.events[1] {
			t.Fatalf("got %q, want an event twice", events.events)
		}
		if ids.ids[0] == ids.ids[1] {
			t.Error("both copies have one request ID")
		}
	})
}

// TestScheduleEndsWithTheLocal in real time, with intervals of a millisecond.
func TestScheduleEndsWithTheLocal(t *testing.T) {
	local, _ := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 1.0 / 60_000 })
	came := make(chan struct{})
	fn := add(t, local, "f", func() { came <- struct{}{} })
	schedule(t, fn, time.Minute)
	for range 3 {
		<-came
	}
	go func() {
		for range came { // those that have begun
		}
	}()
	if err := local.Close(); err != nil {
		t.Error(err)
	}
	close(came) // an event after Close would panic
	if err := fn.Schedule(time.Minute); !errors.Is(err, lambdalocal.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestScheduleRefuses(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	for _, every := range []time.Duration{-time.Minute, 0, time.Second, 90 * time.Second} {
		panics(t, fmt.Sprintf("Schedule: every is %v, want whole minutes", every), func() { _ = fn.Schedule(every) })
	}
	for want, opt := range map[string]func(*lambdalocal.ScheduleOptions){
		`option 1 of 1 is nil`: nil,
		`ScheduleOptions.Kind is "cron", want "EventBridge rule" or "EventBridge Scheduler"`:         func(o *lambdalocal.ScheduleOptions) { o.Kind = "cron" },
		`ScheduleOptions.Name is "a/b", want 1 to 64 letters, digits, dots, hyphens and underscores`: func(o *lambdalocal.ScheduleOptions) { o.Name = "a/b" },
	} {
		panics(t, "Schedule: "+want, func() { _ = fn.Schedule(time.Minute, opt) })
	}
}
