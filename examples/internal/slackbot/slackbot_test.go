package slackbot_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/standin"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

type (
	store  = memstore.Store[slackbot.Message, string]
	job    = jobstore.Job[slackbot.Message, string]
	answer = jobstore.Handler[slackbot.Message, string]
)

// bot is the two functions as the template deploys them.
type bot struct {
	*testing.T
	local *lambdalocal.Local
	jobs  *store
	front http.Handler
	dead  chan lambdalocal.DeadLetter
}

func deploy(t *testing.T, answer answer) *bot {
	b := newBot(t)
	b.add("work", slackbot.Work(b.local.Client(), b.jobs, answer), -1)
	b.front = b.add("front", b.newFront(b.jobs, "work"), -1).URL()
	return b
}

func newBot(t *testing.T) *bot {
	b := &bot{T: t, local: lambdalocal.New(), jobs: memstore.New[slackbot.Message, string](), dead: make(chan lambdalocal.DeadLetter, 1000)}
	t.Cleanup(func() { b.local.Close() })
	return b
}

func (b *bot) newFront(jobs slackbot.Store, work string) lambda.Handler {
	b.Helper()
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		b.Fatal(err)
	}
	return slackbot.Front(slack, b.local.Client(), jobs, work)
}

func (b *bot) add(name string, h lambda.Handler, slots int) *lambdalocal.Function {
	b.Helper()
	fn, err := b.local.AddFunction(name, h, func(o *lambdalocal.FunctionOptions) {
		o.Timeout, o.ReservedConcurrency, o.MaximumEventAge = 5*time.Minute, slots, time.Hour
		o.DeadLetter = func(d lambdalocal.DeadLetter) { b.dead <- d }
	})
	if err != nil {
		b.Fatal(err)
	}
	return fn
}

// message is a message in Slack, with the headers of its delivery.
func message(id string, header http.Header) webhooktest.Request {
	event := map[string]string{"type": "app_mention", "text": "why?", "channel": "C1", "ts": "1.2"}
	return webhooktest.SlackEvent(webhooktest.SlackSecret, id, event, func(o *webhooktest.Options) { o.Header = header })
}

func (b *bot) send(r webhooktest.Request) (status int) {
	response := httptest.NewRecorder()
	b.front.ServeHTTP(response, r.HTTP())
	return response.Code
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAnswer(t *testing.T) {
	claude, asked := standin.Server(t, 200, `{"claude_response":"42"}`)
	api, posted := standin.Server(t, 200, `{"ok":true}`)
	answer := slackbot.Answer(standin.Claude(t, claude), standin.Slack(t, api, "xoxb"))
	out, err := answer(t.Context(), &job{Input: slackbot.Message{Text: "why?", Channel: "C1", Time: "1.2"}})
	if err != nil || out != "42" || len(*asked) != 1 {
		t.Fatalf("answered %q, %v after %d questions", out, err, len(*asked))
	}
	if want := `Bearer xoxb{"channel":"C1","text":"42","thread_ts":"1.2"}`; len(*posted) != 1 || (*posted)[0] != want {
		t.Errorf("posted %q, want %s", *posted, want)
	}
}

func TestWhatIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := deploy(t, func(context.Context, *job) (string, error) {
			t.Error("it was answered")
			return "", nil
		})
		for name, event := range map[string]json.RawMessage{
			"a reaction":     json.RawMessage(`{"type":"reaction_added"}`),
			"its own answer": json.RawMessage(`{"type":"message","bot_id":"B1","text":"42","channel":"C1","ts":"1.3","thread_ts":"1.2"}`),
		} {
			if status := b.send(webhooktest.SlackEvent(webhooktest.SlackSecret, "Ev1", event)); status != http.StatusOK {
				t.Errorf("%s got %d", name, status)
			}
		}
		forged := message("Ev2", nil)
		forged.Body[len(forged.Body)-3] ^= 1
		if status := b.send(forged); status != http.StatusUnauthorized {
			t.Errorf("a forged message got %d", status)
		}
		after(time.Hour)
	})
}

// TestTheQueueHoldsNoMessage: who reads the dead-letter queue sees which delivery was
// not answered, and not what it said.
func TestTheQueueHoldsNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBot(t)
		b.add("work", slackbot.Work(b.local.Client(), b.jobs, unreached), 0)
		b.front = b.add("front", b.newFront(b.jobs, "work"), -1).URL()
		if status := b.send(message("Ev1", nil)); status != http.StatusOK {
			t.Fatalf("got %d", status)
		}
		synctest.Wait()
		if d := <-b.dead; strings.Contains(string(d.Body), "why?") || !strings.Contains(string(d.Body), "slack::Ev1") {
			t.Errorf("the queue holds %s", d.Body)
		}
	})
}

func unreached(context.Context, *job) (string, error) { panic("not called") }
