package slackbot_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// TestAnswersLeaveRoomForAcknowledgements sends 200 messages, one each second, to a bot
// with 20 slots of reserved concurrency and answers of a minute: once as one function
// that invokes itself, once as two functions that share the slots. It prints how many
// requests of Slack got 429, in virtual time.
func TestAnswersLeaveRoomForAcknowledgements(t *testing.T) {
	one := burst(t, func(b *bot, answer answer) http.Handler {
		return b.add("bot", oneFunction(b, acknowledging{b.jobs}, answer), 20).URL()
	})
	two := burst(t, func(b *bot, answer answer) http.Handler {
		b.add("work", slackbot.Work(b.local.Client(), b.jobs, answer), 15)
		return b.add("front", b.newFront(acknowledging{b.jobs}, "work"), 5).URL()
	})
	t.Logf("200 messages, answers of 60 s, 20 slots: one function: %s; two functions with 5 and 15: %s", one, two)
	if one.throttled == 0 { // how many depends on which invocations meet
		t.Errorf("one function: %s; want some requests to get 429: this test shows nothing", one)
	}
	if two.throttled != 0 || two.answered != 200 {
		t.Errorf("two functions: %s; want 0 and 200", two)
	}
	testenv.Figures(t, "docs/benchmarks.md", "| a function for acknowledgements with 5 slots, one for answers with 15 |", 0.1,
		float64(two.throttled), float64(two.answered), two.last.Minutes())
}

type figures struct {
	throttled, answered int32
	last                time.Duration // when the last answer was posted
}

func (f figures) String() string {
	return fmt.Sprintf("%d requests got 429, %d messages were answered, the last after %.0f min", f.throttled, f.answered, f.last.Minutes())
}

func burst(t *testing.T, deploy func(*bot, answer) http.Handler) (f figures) {
	synctest.Test(t, func(t *testing.T) {
		var throttled, answered atomic.Int32
		var last atomic.Int64
		began := time.Now()
		b := newBot(t)
		b.front = deploy(b, func(context.Context, *job) (string, error) {
			time.Sleep(time.Minute)
			answered.Add(1)
			last.Store(int64(time.Since(began)))
			return "42", nil
		})
		var sent sync.WaitGroup
		for n := range 200 {
			sent.Go(func() {
				if b.send(message(fmt.Sprint("Ev", n), nil)) == http.StatusTooManyRequests {
					throttled.Add(1)
				}
			})
			after(time.Second)
		}
		sent.Wait()
		after(2 * time.Hour)
		if len(b.dead) > 0 {
			t.Errorf("%d events ended in the dead-letter queue", len(b.dead))
		}
		f = figures{throttled.Load(), answered.Load(), time.Duration(last.Load())}
	})
	return f
}

// acknowledging takes 100 ms for a write.
type acknowledging struct{ *store }

func (a acknowledging) Create(ctx context.Context, m slackbot.Message, opts ...func(*jobstore.CreateOptions)) (*job, error) {
	time.Sleep(100 * time.Millisecond)
	return a.store.Create(ctx, m, opts...)
}

// oneFunction acknowledges messages and answers them in invocations of itself.
func oneFunction(b *bot, jobs slackbot.Store, answer answer) lambda.Handler {
	b.Helper()
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		b.Fatal(err)
	}
	work := jobtask.New("answer", b.local.Client(), jobs, answer)
	return selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
		return work.Start(ctx, d.Key(), slackbot.Message{Text: "why?"})
	}), work)
}
