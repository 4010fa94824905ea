package lambdahttp_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// TestStreamWatchesAJob: the client of jobhttp sees each change while its request lasts.
func TestStreamWatchesAJob(t *testing.T) {
	for name, f := range fronttest.Streams {
		jobs := memstore.New[string, string]()
		job, err := jobs.Create(t.Context(), "Sales?")
		if err != nil {
			t.Fatal(err)
		}
		base := f.Deploy(t, lambdahttp.Stream(jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.PollInterval = time.Millisecond })))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/"+job.ID+"/events", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		events := bufio.NewScanner(resp.Body)
		for events.Scan() && !strings.HasPrefix(events.Text(), "data:") {
		}
		if !strings.Contains(events.Text(), `"status":"pending"`) {
			t.Errorf("%s: the first event is %q", name, events.Text())
		}
		if err := jobstore.Run(t.Context(), jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "up 12 %", nil }); err != nil {
			t.Fatal(err)
		}
		last := ""
		for events.Scan() {
			last += events.Text()
		}
		if !strings.Contains(last, `"status":"complete"`) || events.Err() != nil {
			t.Errorf("%s: the last events are %q, %v", name, last, events.Err())
		}
	}
}

// TestStreamTakesWebhooks: a handler of webhook is an http.Handler like any other.
func TestStreamTakesWebhooks(t *testing.T) {
	github, err := webhook.NewGitHub("an unguessable secret 7f3b")
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range fronttest.Streams {
		var got webhook.Delivery
		base := f.Deploy(t, lambdahttp.Stream(github.Handle(func(_ context.Context, d webhook.Delivery) error { got = d; return nil })))
		sent := webhooktest.Sign(github, []byte(`{"action":"opened"}`))
		if answer := fronttest.Send(t, base, http.MethodPost, sent.Header, sent.Body); answer.Status != http.StatusOK || string(got.Body) != `{"action":"opened"}` {
			t.Errorf("%s: answered %+v to %s", name, answer, got.Body)
		}
		if answer := fronttest.Send(t, base, http.MethodPost, sent.Header, []byte(`{"action":"closed"}`)); answer.Status != http.StatusUnauthorized {
			t.Errorf("%s: answered %+v to a forgery", name, answer)
		}
	}
}
