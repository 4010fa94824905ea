package publish_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
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
	if _, err := publish.Changes("http://api.example.com/graphql", appsyncstore.APIKey("key")); err == nil {
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
		changes, err := publish.Changes(server.URL, tt.authorize)
		if err != nil {
			t.Fatal(err)
		}
		out, err := changes.Invoke(t.Context(), streamtest.Payload(completed))
		server.Close()
		var failed *streamproc.BatchError
		if errors.As(err, &failed) != (tt.want == again) || string(out) != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, out, err, tt.want)
		}
		if job := sent.Variables.Job; name == "published" && (job["id"] != "a" || job["status"] != "complete" || job["progress"] != 90.0 || job["output"] != "42") {
			t.Errorf("sent %v", job)
		}
	}
}
