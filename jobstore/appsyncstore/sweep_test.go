package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestSweepWithUnreadable finds a stuck job next to a record that cannot be read, and
// reports the record.
func TestSweepWithUnreadable(t *testing.T) {
	const page = `{"data":{"listQueryJobs":{"items":[null,{"id":"stuck","status":"pending","updatedAt":"2020-01-01T00:00:00.000Z"}],"nextToken":null}},
		"errors":[{"message":"Cannot return null for non-nullable type","path":["listQueryJobs","items",0,"updatedAt"]}]}`
	store := scripted(t, &script{answers: []string{page, page}})
	for range 2 { // the sequence can be used again
		var found []string
		_, err := jobstore.Sweep(t.Context(), store, func(_ context.Context, j jobstore.Stuck) error {
			found = append(found, j.ID)
			return nil
		})
		var e *appsyncstore.Error
		if len(found) != 1 || found[0] != "stuck" || !errors.As(err, &e) {
			t.Errorf("found %q, %v; want the job that can be read, and why the other cannot", found, err)
		}
	}
}

// TestSweepGoesOn over the pages after one with a record that cannot be read.
func TestSweepGoesOn(t *testing.T) {
	const unread = `],"nextToken":"more"}},"errors":[{"path":["listQueryJobs","items",0,"updatedAt"],"message":"Cannot return null"}]}`
	job := `{"id":"a","status":"pending","updatedAt":"2026-11-01T10:00:00.000Z"}`
	c := &script{answers: []string{
		`{"data":{"listQueryJobs":{"items":[null,` + job + unread, `{"data":{"listQueryJobs":{"items":[` + job + `],"nextToken":null}}}`,
	}}
	swept, err := jobstore.Sweep(t.Context(), scripted(t, c), func(context.Context, jobstore.Stuck) error { return nil })
	var e *appsyncstore.Error
	if swept.Started != 2 || !errors.As(err, &e) || !strings.Contains(e.Message, "names listQueryJobs, updatedAt") {
		t.Errorf("found %d, %v; want those of both pages, and the error", swept.Started, err)
	}
}

// TestSweepPages asks for each page with the token of the one before, and starts
// anew when its sequence is used again.
func TestSweepPages(t *testing.T) {
	page := func(id, token string) string {
		return `{"data":{"listQueryJobs":{"items":[{"id":"` + id + `","status":"pending","updatedAt":"2026-11-01T10:00:00.000Z"}],"nextToken":` + token + `}}}`
	}
	c := &script{answers: []string{page("a", `"more"`), page("b", "null"), page("a", `"more"`), page("b", "null")}}
	seq := scripted(t, c).Stuck(t.Context(), time.Now())
	for range 2 {
		var ids string
		for job, err := range seq {
			if err != nil {
				t.Fatal(err)
			}
			ids += job.ID
		}
		if ids != "ab" {
			t.Errorf("found %q", ids)
		}
	}
	var tokens []any
	for _, body := range c.bodies {
		var request struct{ Variables map[string]any }
		if err := json.Unmarshal(body, &request); err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, request.Variables["nextToken"])
	}
	if len(tokens) != 4 || tokens[0] != nil || tokens[1] != "more" || tokens[2] != nil || tokens[3] != "more" {
		t.Errorf("the pages were asked for with %v", tokens)
	}
	for range seq { // ends early, and asks for no other page
		break
	}
}
