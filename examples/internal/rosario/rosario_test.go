package rosario

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// server answers every request with body and notes what it got.
func server(t *testing.T, status int, body string) (url string, got *[]string) {
	t.Helper()
	got = &[]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*got = append(*got, r.Header.Get("Authorization")+string(b))
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

func TestClaude(t *testing.T) {
	url, _ := server(t, 200, `{"progress":40,"message":"on it"}{"claude_response":"42"}`)
	var seen []Progress
	answer, err := (&Claude{URL: url}).Query(t.Context(), "q", func(p Progress) { seen = append(seen, p) })
	if err != nil || answer != "42" || len(seen) != 1 || seen[0] != (Progress{40, "on it"}) {
		t.Errorf("got %q, %v after %+v", answer, err, seen)
	}
	for _, body := range []string{``, `{}`, `{"progress":40}`, `no`} {
		url, _ := server(t, 200, body)
		if _, err := (&Claude{URL: url}).Query(t.Context(), "q", nil); err == nil || !strings.HasPrefix(err.Error(), "claude: ") {
			t.Errorf("answered %s: got %v", body, err)
		}
	}
}

// TestSubmitAndProcess runs the two handlers with a store in memory in place of
// the table, as a user would test his own.
func TestSubmitAndProcess(t *testing.T) {
	url, asked := server(t, 200, `{"claude_response":"42"}`)
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	out, err := Submit(jobs).Invoke(t.Context(), []byte(`{"arguments":{"query":"why?","metadata":{"page":"x"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var created jobstore.Job[string, string]
	if err := json.Unmarshal(out, &created); err != nil || created.Status != jobstore.Pending || created.Metadata["page"] != "x" {
		t.Fatalf("submitted %s, %v", out, err)
	}
	records, err := jobs.Changes(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := Process(jobs, &Claude{URL: url}).Invoke(t.Context(), event); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("processed: %s, %v", out, err)
	}
	job, err := jobs.Get(t.Context(), created.ID)
	if err != nil || job.Status != jobstore.Complete || job.Output != "42" || len(*asked) != 1 || (*asked)[0] != `{"prompt":"why?"}` {
		t.Errorf("the job is %+v, %v; asked %q", job, err, *asked)
	}
}

func TestSubmitRefusesAnEmptyQuery(t *testing.T) {
	for _, event := range []string{`{}`, `{"arguments":{"query":" "}}`, `{"arguments":{"query":1}}`} {
		if _, err := Submit(memstore.New[string, string]()).Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%s: no error", event)
		}
	}
}

// client keeps what was invoked.
type client struct{ payloads [][]byte }

func (c *client) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	c.payloads = append(c.payloads, in.Payload)
	return &lambda.InvokeOutput{StatusCode: http.StatusAccepted}, nil
}

func TestSlackBot(t *testing.T) {
	claude, asked := server(t, 200, `{"claude_response":"42"}`)
	api, posted := server(t, 200, `{"ok":true}`)
	slack, err := webhook.NewSlack("secret")
	if err != nil {
		t.Fatal(err)
	}
	invoked := &client{}
	bot := SlackBot(slack, invoked, &Claude{URL: claude}, &SlackAPI{URL: api, Token: "xoxb"})
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:bot"})

	out, err := bot.Invoke(ctx, signedEvent(t, slack, `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"why?","channel":"C1","ts":"1.2"}}`))
	if err != nil || !strings.Contains(string(out), `"statusCode":200`) || len(invoked.payloads) != 1 || len(*asked) != 0 {
		t.Fatalf("acknowledged with %s, %v after %d invokes and %d questions", out, err, len(invoked.payloads), len(*asked))
	}
	if _, err := bot.Invoke(ctx, invoked.payloads[0]); err != nil {
		t.Fatal(err)
	}
	if want := `Bearer xoxb{"channel":"C1","text":"42","thread_ts":"1.2"}`; len(*posted) != 1 || (*posted)[0] != want {
		t.Errorf("posted %q, want %s", *posted, want)
	}
	if _, err := bot.Invoke(ctx, signedEvent(t, slack, `{"type":"event_callback","event_id":"Ev2","event":{"type":"reaction_added"}}`)); err != nil || len(invoked.payloads) != 1 {
		t.Errorf("a reaction: %v, %d invokes", err, len(invoked.payloads))
	}
}

func signedEvent(t *testing.T, slack *webhook.Slack, body string) []byte {
	t.Helper()
	h := http.Header{}
	slack.Sign(h, time.Now(), []byte(body))
	headers := map[string]string{}
	for name := range h {
		headers[strings.ToLower(name)] = h.Get(name)
	}
	event, err := json.Marshal(map[string]any{
		"requestContext": map[string]any{"http": map[string]string{"method": "POST"}}, "headers": headers, "body": body,
	})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

func TestSlackAPIErrors(t *testing.T) {
	for body, status := range map[string]int{`{"ok":false,"error":"invalid_auth"}`: 200, `{}`: 200, `no`: 200, `down`: 503} {
		url, _ := server(t, status, body)
		if err := (&SlackAPI{URL: url}).Reply(t.Context(), Message{Channel: "C1"}, "hi"); err == nil || !strings.HasPrefix(err.Error(), "slack: ") {
			t.Errorf("answered %d %s: got %v", status, body, err)
		}
	}
}
