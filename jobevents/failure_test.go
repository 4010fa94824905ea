package jobevents_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// status answers with a status and a Retry-After.
func status(code int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(code)
	}
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// lost publishes, and loses the answer.
func lost(s *eventstest.Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err == nil {
			s.Take(httptest.NewRecorder(), sent)
		}
		panic(http.ErrAbortHandler)
	}
}

// TestTriesAgain what another try may mend, and nothing else.
func TestTriesAgain(t *testing.T) {
	f := newFixture(t)
	for name, tt := range map[string]struct {
		first     http.HandlerFunc
		requests  int
		events    int
		published bool
		least     time.Duration
	}{
		"throttled":            {status(429, ""), 2, 1, true, 0},
		"throttled for long":   {status(429, "1"), 2, 1, true, time.Second},
		"throttled for longer": {status(429, "3600"), 1, 0, false, 0},
		"out of order":         {status(503, ""), 2, 1, true, 0},
		"a lost answer":        {lost(f.server), 2, 2, true, 0},
		"HTML":                 {body("<html>"), 2, 1, true, 0},
		"another API":          {body(`{"data":null}`), 2, 1, true, 0},
		"bad":                  {status(400, ""), 1, 0, false, 0},
		"not let in":           {status(401, ""), 1, 0, false, 0},
		"forbidden":            {status(403, ""), 1, 0, false, 0},
		"a redirect":           {http.RedirectHandler(f.server.URL, http.StatusTemporaryRedirect).ServeHTTP, 1, 0, false, 0},
		"too large":            {status(413, ""), 1, 0, false, 0},
		"refused":              {body(`{"successful":[],"failed":[{"identifier":"x","index":0,"code":400,"message":"no"}]}`), 1, 0, false, 0},
	} {
		id := strings.ReplaceAll(name, " ", "-")
		f.create(id)
		f.server.Answer(tt.first)
		before, start := f.server.Requests(), time.Now()
		_, err := f.p.Invoke(t.Context(), f.next())
		if n := f.server.Requests() - before; n != tt.requests || (err == nil) != tt.published {
			t.Errorf("%s: %d requests, %v; want %d", name, n, err, tt.requests)
		}
		if n := len(f.server.Events("/jobs/" + id)); n != tt.events || time.Since(start) < tt.least {
			t.Errorf("%s: %d events after %v, want %d after %v", name, n, time.Since(start), tt.events, tt.least)
		}
		var failed *jobevents.PublishError
		if !tt.published && (!errors.As(err, &failed) || failed.Job != id) {
			t.Errorf("%s: %v, want a PublishError of the job", name, err)
		}
	}
}

// TestTriesEnd: Lambda tries again what four tries do not mend.
func TestTriesEnd(t *testing.T) {
	f := newFixture(t)
	f.create("a")
	for range 9 {
		f.server.Answer(status(500, ""))
	}
	if _, err := f.p.Invoke(t.Context(), f.next()); err == nil || f.server.Requests() != 4 {
		t.Errorf("%d requests, %v; want 4", f.server.Requests(), err)
	}
}

// TestTheFirstFailureIsReported: Lambda delivers everything from it on again.
func TestTheFirstFailureIsReported(t *testing.T) {
	f := newFixture(t, func(o *jobevents.Options) { o.Concurrency = 1 })
	for _, id := range []string{"a", "b", "c"} {
		f.create(id)
	}
	f.complete("a", "done") // the newest of a are behind those of b and c
	batch := f.next()
	f.server.Answer(f.taken, status(400, ""))
	out, err := f.p.Invoke(t.Context(), batch)
	if want := `{"batchItemFailures":[{"itemIdentifier":"3"}]}`; err != nil || string(out) != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
	if n := f.server.Requests(); n != 2 {
		t.Errorf("%d requests, want none after the failure", n)
	}
	if out, err := f.p.Invoke(t.Context(), batch); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("again: %s, %v", out, err)
	}
}

// TestOneEventOfARequest: only the job is reported whose event was refused.
func TestOneEventOfARequest(t *testing.T) {
	f := newFixture(t, func(o *jobevents.Options) { o.Channel = func(_, caller string) []string { return []string{caller} } })
	for i := range 3 {
		f.create(fmt.Sprint(i))
	}
	f.server.Answer(body(`{"successful":[{"identifier":"a","index":0},{"identifier":"b","index":1}],"failed":[{"identifier":"c","index":2,"code":400}]}`))
	out, err := f.p.Invoke(t.Context(), f.next())
	if want := `{"batchItemFailures":[{"itemIdentifier":"3"}]}`; err != nil || string(out) != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
}

// TestAnEventIsTriedAgain: what AppSync could not take now is sent again by itself, and what it will
// never take is not.
func TestAnEventIsTriedAgain(t *testing.T) {
	answer := func(failed string) http.HandlerFunc { return body(`{"successful":[],"failed":[` + failed + `]}`) }
	const bad, busy, throttled = `{"index":0,"code":400}`, `{"index":1,"code":503}`, `{"index":2,"code":429}`
	for name, tt := range map[string]struct {
		answers  []http.HandlerFunc // then it takes all
		requests int
		taken    string // of the jobs 0 to 2, by the last request
		want     string
	}{
		"one":              {[]http.HandlerFunc{answer(busy)}, 2, "1", `{"batchItemFailures":[]}`},
		"two":              {[]http.HandlerFunc{answer(busy + "," + throttled)}, 2, "12", `{"batchItemFailures":[]}`},
		"one beside a bad": {[]http.HandlerFunc{answer(bad + "," + busy)}, 2, "1", ""},
		"twice":            {[]http.HandlerFunc{answer(busy + "," + throttled), answer(`{"index":0,"code":500}`)}, 3, "1", `{"batchItemFailures":[]}`},
		"then an outage":   {[]http.HandlerFunc{answer(throttled), status(503, "")}, 3, "2", `{"batchItemFailures":[]}`},
		"to the end": {
			[]http.HandlerFunc{answer(throttled), answer(`{"index":0,"code":500}`), answer(`{"index":0,"code":500}`), answer(`{"index":0,"code":500}`)},
			4, "", `{"batchItemFailures":[{"itemIdentifier":"3"}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, func(o *jobevents.Options) { o.Channel = func(_, caller string) []string { return []string{caller} } })
			for i := range 3 {
				f.create(fmt.Sprint(i))
			}
			f.server.Answer(tt.answers...)
			out, err := f.p.Invoke(t.Context(), f.next())
			if string(out) != tt.want || (err != nil) != (tt.want == "") || f.server.Requests() != tt.requests {
				t.Errorf("%s, %v after %d requests; want %s after %d", out, err, f.server.Requests(), tt.want, tt.requests)
			}
			var taken string
			for _, event := range f.server.Events("/jobs/user-1") {
				var view struct{ ID string }
				if err := json.Unmarshal(event, &view); err != nil {
					t.Fatal(err)
				}
				taken += view.ID
			}
			if taken != tt.taken {
				t.Errorf("the last request had the events of %q, want %q", taken, tt.taken)
			}
		})
	}
}

// TestTheDeadline: the invocation answers before it ends.
func TestTheDeadline(t *testing.T) {
	f := newFixture(t)
	f.create("a")
	stop := make(chan struct{})
	defer close(stop)
	f.server.Answer(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := f.p.Invoke(ctx, f.next()); err == nil || ctx.Err() != nil {
		t.Errorf("%v, and the invocation's context: %v", err, ctx.Err())
	}
}

// TestMalformedRecords are errors that name the attribute, and hold no value.
func TestMalformedRecords(t *testing.T) {
	s := eventstest.Start(t)
	p := newPublisher(t, s)
	for attribute, want := range map[string]string{
		`"status":{"S":"secret"}`:                                 "status",
		`"status":{"S":"pending"},"progress":{"S":"secret"}`:      "progress",
		`"status":{"S":"complete"},"output":{"S":"secret"}`:       "output",
		`"status":{"S":"complete"},"attempt":{"N":"1.5"}`:         "attempt",
		`"status":{"S":"complete"},"expiresAt":{"S":"secret"}`:    "expiresAt",
		`"status":{"S":"error"},"error":{"M":{"a":{"S":"none"}}}`: "error",
	} {
		record := `{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"a"}},"NewImage":{"id":{"S":"a"},` + attribute + `}}}`
		_, err := p.Invoke(t.Context(), stream(t, []byte(record)))
		if err == nil || !strings.Contains(err.Error(), "the record's "+want+" ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", attribute, err)
		}
	}
	if _, err := p.Invoke(t.Context(), []byte(`{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}`)); err == nil {
		t.Error("an event of another service was taken")
	}
	if s.Requests() != 0 {
		t.Errorf("%d requests", s.Requests())
	}
}

// TestNothingLeaks: neither errors nor lines have a key, a token or an output.
func TestNothingLeaks(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t)
	for _, a := range []jobevents.Authorizer{
		jobevents.APIKey("hunter2"), jobevents.Token(func(context.Context) (string, error) { return "hunter2", nil }),
		jobevents.IAM(f.server.Stranger()),
		panics{},
	} {
		p, err := jobevents.New[answer](f.server.URL, a, func(o *jobevents.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		if err != nil {
			t.Fatal(err)
		}
		id := jobstore.NewID()
		f.create(id)
		f.complete(id, "done")
		_, err = p.Invoke(t.Context(), f.next())
		if text := fmt.Sprintf("%v %+v %+v %s", err, a, p, &log); err == nil || strings.Contains(text, "hunter2") || strings.Contains(text, "done") {
			t.Errorf("%T: %s", a, text)
		}
	}
}

// mute has no JSON, and says so with what is in it.
type mute string

func (m *mute) UnmarshalJSON(data []byte) error { *m = mute(data); return nil }
func (m mute) MarshalJSON() ([]byte, error)     { return nil, errors.New("no JSON for " + string(m)) }

// TestEncodingErrorsHoldNoOutput: the error of an output's own method is left out.
func TestEncodingErrorsHoldNoOutput(t *testing.T) {
	var log bytes.Buffer
	p, err := jobevents.New[mute]("https://api.example.com/event", jobevents.APIKey("da2-key"), func(o *jobevents.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	if err != nil {
		t.Fatal(err)
	}
	at := "2026-11-26T10:00:00.000Z"
	record := streamtest.New().Insert(map[string]any{"id": "a", "status": "complete", "output": "hunter2", "createdAt": at, "updatedAt": at})
	_, err = p.Invoke(t.Context(), streamtest.Payload(record))
	if text := fmt.Sprint(err, &log); err == nil || strings.Contains(text, "hunter2") || !strings.Contains(text, "does not encode") {
		t.Error(text)
	}
}

type panics struct{}

func (panics) Authorize(*http.Request, []byte) error { panic("hunter2") }

// TestAuthorization: the API's own modes.
func TestAuthorization(t *testing.T) {
	for name, tt := range map[string]struct {
		authorize    jobevents.Authorizer
		header, want string
	}{
		"key":   {jobevents.APIKey("da2-key"), "X-Api-Key", "da2-key"},
		"token": {jobevents.Token(func(context.Context) (string, error) { return "eyJ", nil }), "Authorization", "eyJ"},
	} {
		f, got := newFixture(t), ""
		p, err := jobevents.New[answer](f.server.URL, tt.authorize, quiet)
		if err != nil {
			t.Fatal(err)
		}
		f.create("a")
		f.server.Answer(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get(tt.header)
			body(`{"successful":[{"identifier":"x","index":0}],"failed":[]}`)(w, r)
		})
		if _, err := p.Invoke(t.Context(), f.next()); err != nil || got != tt.want {
			t.Errorf("%s: sent %q, %v", name, got, err)
		}
	}
	for name, a := range map[string]jobevents.Authorizer{
		"an empty key": jobevents.APIKey(""), "a cut key": jobevents.APIKey("da2-key\n"), "no credentials": jobevents.IAM(aws.Config{Region: "eu-west-1"}),
	} {
		if _, err := jobevents.New[answer]("https://api.example.com/event", a); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for name, a := range map[string]jobevents.Authorizer{
		"an empty token": jobevents.Token(func(context.Context) (string, error) { return "", nil }),
		"no token":       jobevents.Token(func(context.Context) (string, error) { return "", errors.New("signed out") }),
	} {
		f := newFixture(t)
		p, err := jobevents.New[answer](f.server.URL, a, quiet)
		if err != nil {
			t.Fatal(err)
		}
		f.create("a")
		if _, err := p.Invoke(t.Context(), f.next()); err == nil || f.server.Requests() != 0 {
			t.Errorf("%s: %d requests, %v", name, f.server.Requests(), err)
		}
	}
}
