//go:build amplify

package appsynctest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// These tests run the original's handlers in TypeScript, as they are, beside Go: on the
// original's model, and on that model with the fields of docs/migration.md.

// TestMixedGoProcesses what TypeScript submits.
func TestMixedGoProcesses(t *testing.T) {
	for model := range models {
		t.Run(model, func(t *testing.T) {
			d := deploy(t, model)
			d.mapGo(func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
				if job.Input != "why?" || job.Metadata["sessionId"] != "user-123" {
					t.Errorf("the handler got %+v", job)
				}
				return "of Go", nil
			})
			events := d.Subscribe(t, `subscription { onUpdateQueryJob { status response } }`, nil)
			job := d.submits("user")
			if job["query"] != "why?" || job["status"] != "pending" {
				t.Errorf("submitQuery answered %v", job)
			}
			for _, want := range []string{`"processing","response":null`, `"complete","response":"of Go"`} {
				if e := <-events; !strings.Contains(string(e.Data), want) {
					t.Errorf("a subscriber got %s, want %s", e.Data, want)
				}
			}
			if got := d.reads(job["id"].(string)); got["status"] != "complete" || got["response"] != "of Go" || got["error"] != nil || got["metadata"] != `{"sessionId":"user-123"}` {
				t.Errorf("the record is %v", got)
			}
		})
	}
}

// TestMixedTypeScriptProcesses what Go submits, by the API and by the table.
func TestMixedTypeScriptProcesses(t *testing.T) {
	for model := range models {
		t.Run(model, func(t *testing.T) {
			d := deploy(t, model)
			d.mapOriginal(nothing, nothing)
			table, err := dynamostore.New[string, string](d.DynamoDB(), d.Table, dynamostore.Amplify("QueryJob"))
			if err != nil {
				t.Fatal(err)
			}
			for name, store := range map[string]jobstore.JobStore[string, string]{"appsyncstore": d.store, "dynamostore": table} {
				job, err := store.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"sessionId": "user-123"} })
				if err != nil {
					t.Fatal(err)
				}
				if got := d.ends(job.ID); got.Status != jobstore.Complete || got.Output != "42" || got.Metadata["sessionId"] != "user-123" {
					t.Errorf("%s: %+v", name, got)
				}
				if got, err := store.Get(t.Context(), job.ID); err != nil || got.Status != jobstore.Complete || got.Output != "42" {
					t.Errorf("%s reads %+v, %v", name, got, err)
				}
				if got := d.reads(job.ID); got["metadata"] != `{"sessionId":"user-123"}` || got["query"] != "why?" {
					t.Errorf("%s: the record is %v", name, got)
				}
			}
			if n := d.times(); n != 2 {
				t.Errorf("the work was done %d times, want 2", n)
			}
		})
	}
}

// TestMixedTypeScriptDoesNotWait for a job's start, and runs a job that was canceled after its
// record was sent.
func TestMixedTypeScriptDoesNotWait(t *testing.T) {
	d := deploy(t, "migrating")
	begin := make(chan bool)
	d.mapOriginal(func() { <-begin }, nothing)
	later, err := d.store.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.StartAt = time.Now().Add(time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	canceled, err := d.store.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobstore.Cancel(t.Context(), d.store, canceled.ID, "not wanted"); err != nil {
		t.Fatal(err)
	}
	close(begin)
	for _, id := range []string{later.ID, canceled.ID} {
		d.until("complete", func() bool { return d.reads(id)["status"] == "complete" })
	}
}

// TestMixedFrontEnd has the front end of src/job.ts watch a job that it submits by TypeScript
// and that Go runs, and a job that Go submits and TypeScript runs, whose record has no attempt.
func TestMixedFrontEnd(t *testing.T) {
	t.Run("TypeScript to Go", func(t *testing.T) {
		d := deploy(t, "migrating")
		begin := make(chan bool)
		d.mapGo(func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
			<-begin
			jobstore.Report(ctx, 60, "60 %")
			<-begin
			return "of Go", nil
		})
		page := open(t, d.URL, d.Token("user", time.Hour), "")
		page.sees(`{"spinner":["Working …"]}`)
		begin <- true
		page.sees(`{"spinner":["60 %"]}`)
		begin <- true
		page.sees(`{"response":["of Go",true]}`)
	})
	t.Run("Go to TypeScript", func(t *testing.T) {
		d := deploy(t, "migrating")
		begin := make(chan bool)
		d.answer = func(w http.ResponseWriter, r *http.Request) { <-begin; answers(`{"claude_response":"42"}`)(w, r) }
		d.mapOriginal(func() { begin <- true }, nothing)
		job, err := d.store.Create(t.Context(), "why?")
		if err != nil {
			t.Fatal(err)
		}
		page := open(t, d.URL, d.Token("user", time.Hour), job.ID)
		page.sees(`{"spinner":["Waiting …"]}`)
		<-begin
		page.sees(`{"spinner":["Working …"]}`)
		begin <- true
		page.sees(`{"response":["42",true]}`)
	})
}

// TestMixedOriginalFrontEnd has the original's front end, with observeQuery, see what Go
// makes of its job.
func TestMixedOriginalFrontEnd(t *testing.T) {
	d := deploy(t, "seed")
	begin := make(chan bool)
	d.mapGo(func(context.Context, *jobstore.Job[string, string]) (string, error) {
		<-begin
		return "of Go", nil
	})
	page := d.opensOriginal()
	page.sees(`{"spinner":["Calling Claude API..."]}`)
	begin <- true
	page.sees(`{"response":["of Go"]}`)
}

// TestMixedMetadataIsText has the original's front end, as it is, fail: its metadata is an object, which AppSync
// refuses before it calls the function.
func TestMixedMetadataIsText(t *testing.T) {
	d := deploy(t, "seed")
	d.SubmitQuery(func(context.Context, []byte) ([]byte, error) {
		t.Error("the function was called")
		return nil, nil
	})
	page := d.opensOriginal("AS_IT_IS=1")
	if page.drain(); len(page.seen) > 0 {
		t.Errorf("it showed %q", page.seen)
	}
}

// opensOriginal runs the original's front end.
func (d *deployment) opensOriginal(env ...string) *page {
	d.Helper()
	return run(d.T, "seed/page.ts", d.URL, d.Token("user", time.Hour), append(env, "INTROSPECTION="+introspection(d.T, "seed"))...)
}

// TestMixedTakesOver lets Go have a job that TypeScript has left processing, 15 minutes after
// its last write. The original's handler throws when the service does not answer with JSON.
func TestMixedTakesOver(t *testing.T) {
	for model, want := range map[string]string{
		"seed":      "error: the only attempt did not finish", // the model cannot count attempts
		"migrating": "complete: of Go",
	} {
		t.Run(model, func(t *testing.T) {
			d := deploy(t, model)
			d.answer = answers("<html>Bad Gateway</html>")
			d.mapOriginal(nothing, nothing)
			left, ran, tries := make(chan bool), make(chan bool, 1), make(chan bool, 1000)
			process := d.goes(func(context.Context, *jobstore.Job[string, string]) (string, error) {
				ran <- true
				return "of Go", nil
			})
			d.mapStream("go", invoke(func(ctx context.Context, event []byte) ([]byte, error) {
				<-left
				defer func() { tries <- true }()
				return process.Invoke(ctx, event)
			}), goMapping)
			id := d.submits("user")["id"].(string)
			d.until("tried three times", func() bool { return d.times() == 3 })
			close(left)
			d.passes(14 * time.Minute)
			for range 2 {
				<-tries
			}
			if got := d.reads(id); got["status"] != "processing" || len(ran) > 0 {
				t.Errorf("after 14 minutes the record is %v", got)
			}
			d.passes(2 * time.Minute)
			got := d.ends(id)
			if text := string(got.Status) + ": " + got.Output + got.Error; text != want {
				t.Errorf("it ended as %q, want %q", text, want)
			}
		})
	}
}

// TestMixedNoAnswer shows what the original makes of an error in JSON: a job that is complete
// without an answer.
func TestMixedNoAnswer(t *testing.T) {
	d := deploy(t, "migrating")
	d.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"error":"overloaded"}`)
	}
	d.mapOriginal(nothing, nothing)
	if got := d.ends(d.submits("user")["id"].(string)); got.Status != jobstore.Complete || got.Output != "" {
		t.Errorf("it ended as %+v", got)
	}
}

// TestMixedOnOneStream shows why both processors must not read one stream: both do the
// work, and the outcome of TypeScript stays, whichever ends first.
func TestMixedOnOneStream(t *testing.T) {
	for name, goEndsFirst := range map[string]bool{"Go ends first": true, "TypeScript ends first": false} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, "migrating")
			claimed, marked, goEnded, ended := make(chan bool), make(chan bool), make(chan bool), make(chan bool)
			d.mapOriginal(func() { <-claimed }, func() { close(ended) })
			d.answer = func(w http.ResponseWriter, r *http.Request) {
				close(marked) // as processing
				if goEndsFirst {
					<-goEnded
				}
				answers(`{"claude_response":"of TypeScript"}`)(w, r)
			}
			process := d.goes(func(context.Context, *jobstore.Job[string, string]) (string, error) {
				close(claimed)
				if <-marked; !goEndsFirst {
					<-ended
				}
				return "of Go", nil
			})
			var once sync.Once
			d.mapStream("go", invoke(func(ctx context.Context, event []byte) ([]byte, error) {
				defer once.Do(func() { close(goEnded) })
				return process.Invoke(ctx, event)
			}), goMapping)
			id := d.submits("user")["id"].(string)
			<-ended
			<-goEnded
			if got := d.reads(id); got["status"] != "complete" || got["response"] != "of TypeScript" {
				t.Errorf("the record is %v", got)
			}
		})
	}
}
