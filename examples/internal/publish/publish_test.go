package publish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// completed is the record of a job that has just ended.
var completed = streamtest.New().Modify(
	map[string]any{"id": "a", "status": "processing"},
	map[string]any{"id": "a", "status": "complete", "progress": 90, "output": "42", "updatedAt": "2026-11-25T10:00:00.000Z"},
)

// TestChanges: what is not published is reported, and delivered again.
func TestChanges(t *testing.T) {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	defer slog.SetDefault(log)
	done, again := `{"batchItemFailures":[]}`, ""
	refuse := appsyncstore.Token(func(context.Context) (string, error) { return "", errors.New("no user is signed in") })
	if _, err := publish.Changes[string]("http://api.example.com/graphql", appsyncstore.APIKey("key")); err == nil {
		t.Error("an endpoint without TLS was taken")
	}
	for name, tt := range map[string]struct {
		status    int
		answer    string
		authorize appsyncstore.Authorizer
		want      string
	}{
		"published":      {200, `{"data":{"publishJob":{"id":"a"}}}`, appsyncstore.APIKey("key"), done},
		"refused":        {200, `{"data":{"publishJob":null},"errors":[{"errorType":"Unauthorized","message":"no"}]}`, appsyncstore.APIKey("key"), again},
		"a redirect":     {302, `{"data":{"publishJob":{"id":"a"}}}`, appsyncstore.APIKey("key"), again},
		"no data":        {200, `{}`, appsyncstore.APIKey("key"), again},
		"out of order":   {503, `{}`, appsyncstore.APIKey("key"), again},
		"no GraphQL":     {200, `<html>`, appsyncstore.APIKey("key"), again},
		"not authorized": {200, `{"data":{}}`, refuse, again},
	} {
		var sent struct {
			Variables struct{ Job map[string]any }
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || json.Unmarshal(body, &sent) != nil {
				t.Errorf("%s: sent %s, %v", name, body, err)
			}
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.answer)
		}))
		changes, err := publish.Changes[string](server.URL, tt.authorize)
		if err != nil {
			t.Fatal(err)
		}
		out, err := changes.Invoke(t.Context(), streamtest.Payload(completed))
		server.Close()
		var failed *streamproc.BatchError
		if errors.As(err, &failed) != (tt.want == again) || string(out) != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, out, err, tt.want)
		}
		if job := sent.Variables.Job; name == "published" && (job["id"] != "a" || job["status"] != "complete" || job["progress"] != 90.0 || job["output"] != `"42"`) {
			t.Errorf("sent %v", job)
		}
	}
}

// TestAnExpiredToken: the source is asked for another one.
func TestAnExpiredToken(t *testing.T) {
	tokens := []string{"new", "old"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "old" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"publishJob":{"id":"a"}}}`)
	}))
	defer server.Close()
	changes, err := publish.Changes[string](server.URL, appsyncstore.Token(func(context.Context) (token string, _ error) {
		token, tokens = tokens[len(tokens)-1], tokens[:1]
		return token, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changes.Invoke(t.Context(), streamtest.Payload(completed)); err != nil {
		t.Error(err)
	}
}

// TestOutputs are published as JSON, if they fit.
func TestOutputs(t *testing.T) {
	type rows struct {
		Rows []string `json:"rows" dynamodbav:"r"`
	}
	var sent struct {
		Variables struct{ Job publish.Job }
	}
	size := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"data":{"publishJob":{"id":"a"}}}`)
	}))
	defer server.Close()
	changes, err := publish.Changes[rows](server.URL, appsyncstore.APIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		row     string
		omitted bool
	}{
		"small":            {"up <12> %", false},
		"fits":             {strings.Repeat("x", 234_000), false},
		"has tags":         {strings.Repeat("<", 234_000), false},
		"is too large":     {strings.Repeat("x", 236_000), true},
		"has line breaks":  {strings.Repeat("\n", 100_000), true},
		"has few of those": {strings.Repeat("\n", 70_000), false},
	} {
		sent.Variables.Job = publish.Job{}
		item := map[string]any{"id": "a", "status": "complete", "output": map[string]any{"r": []string{tt.row}}}
		if _, err := changes.Invoke(t.Context(), streamtest.Payload(streamtest.New().Insert(item))); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got rows
		job := sent.Variables.Job
		if err := json.Unmarshal([]byte(job.Output), &got); job.Omitted != tt.omitted || !tt.omitted && (err != nil || len(got.Rows) != 1 || got.Rows[0] != tt.row) {
			t.Errorf("an output that %s: omitted %t, %.100q, %v", name, job.Omitted, job.Output, err)
		}
		var event bytes.Buffer
		encoder := json.NewEncoder(&event)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(job); err != nil || event.Len() > 239_000 {
			t.Errorf("an output that %s: an event of %d bytes, %v", name, event.Len(), err)
		}
		size = max(size, event.Len())
	}
	if size < 230_000 {
		t.Errorf("the largest event has %d bytes", size)
	}
}

// TestPartition: the ID of a job in a table with two keys has both.
func TestPartition(t *testing.T) {
	var sent struct {
		Variables struct{ Job publish.Job }
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"data":{"publishJob":{"id":"acme:1"}}}`)
	}))
	defer server.Close()
	changes, err := publish.Changes[string](server.URL, appsyncstore.APIKey("key"), func(o *jobevents.Options) {
		o.Layout.Partition, o.Layout.ID = "tenantId", "jobId"
	})
	if err != nil {
		t.Fatal(err)
	}
	stream := streamtest.New(func(o *streamtest.Options) { o.Keys = []string{"tenantId", "jobId"} })
	item := map[string]any{"tenantId": "acme", "jobId": "1", "status": "complete", "output": "42"}
	if _, err := changes.Invoke(t.Context(), streamtest.Payload(stream.Insert(item))); err != nil || sent.Variables.Job.ID != "acme:1" {
		t.Errorf("the ID is %q, %v; want acme:1", sent.Variables.Job.ID, err)
	}
}

// TestAWrongClock: a signature that is refused is made again by the clock of the answer.
func TestAWrongClock(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		now := time.Now().Add(time.Hour).UTC()
		w.Header().Set("Date", now.Format(http.TimeFormat))
		if at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date")); err != nil || now.Sub(at).Abs() > 5*time.Minute {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"publishJob":{"id":"a"}}}`)
	}))
	defer server.Close()
	role := aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "")}
	changes, err := publish.Changes[string](server.URL, appsyncstore.IAM(role))
	if err != nil {
		t.Fatal(err)
	}
	for want := 2; want <= 3; want++ { // the second invocation knows
		if out, err := changes.Invoke(t.Context(), streamtest.Payload(completed)); err != nil || requests != want {
			t.Errorf("%s, %v after %d requests, want %d", out, err, requests, want)
		}
	}
}
