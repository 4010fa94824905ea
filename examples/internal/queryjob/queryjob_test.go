package queryjob_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/standin"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestSubmitAndProcess runs the two handlers with a store in memory in place of the
// table. Handlers of your own can be tested in the same way.
func TestSubmitAndProcess(t *testing.T) {
	url, asked := standin.Server(t, 200, `{"claude_response":"42"}`)
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	out, err := queryjob.Submit(jobs).Invoke(t.Context(), []byte(`{"arguments":{"query":"why?","metadata":{"page":"x"}}}`))
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
	if out, err := queryjob.Process(jobs, standin.Claude(t, url)).Invoke(t.Context(), event); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("processed: %s, %v", out, err)
	}
	job, err := jobs.Get(t.Context(), created.ID)
	if err != nil || job.Status != jobstore.Complete || job.Output != "42" || len(*asked) != 1 || (*asked)[0] != `{"prompt":"why?"}` {
		t.Errorf("the job is %+v, %v; asked %q", job, err, *asked)
	}
}

func TestSubmitRefusesAnEmptyQuery(t *testing.T) {
	for _, event := range []string{`{}`, `{"arguments":{"query":" "}}`, `{"arguments":{"query":1}}`, `{"arguments":{"query":"` + strings.Repeat("x", queryjob.MaxQuery+1) + `"}}`} {
		if _, err := queryjob.Submit(memstore.New[string, string]()).Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%s: no error", event)
		}
	}
}
