package appsyncstore_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// meter is an HTTPClient that counts the bytes of bodies.
type meter struct{ up, down, last atomic.Int64 }

func (m *meter) Do(r *http.Request) (*http.Response, error) {
	m.up.Add(r.ContentLength)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	m.down.Add(int64(len(body)))
	m.last.Store(int64(len(body)))
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

func omitting(names ...string) func(*appsyncstore.Options) {
	return func(o *appsyncstore.Options) { o.Omit = names }
}

// TestBytesPerJob measures a job that is created, claimed, reported once and completed, and
// its four events, and holds the table of docs/push.md to it.
func TestBytesPerJob(t *testing.T) {
	page, err := os.ReadFile("../../docs/push.md")
	if err != nil {
		t.Fatal(err)
	}
	api := appsynctest.Start(t)
	all := "id status query response error progress progressMessage metadata attempt maxAttempts canceled createdAt updatedAt expiresAt"
	for _, c := range []struct {
		omit, row string
		in, out   int
	}{
		{"", "a small job: 100 bytes in, 1 KB out", 100, 1 << 10},
		{"query", "with the input in `Omit`", 100, 1 << 10},
		{"query response", "with input and output in `Omit`", 100, 1 << 10},
		{"", "a job of 100 KB: 50 KB in, 50 KB out", 50 << 10, 50 << 10},
		{"query", "with the input in `Omit`", 50 << 10, 50 << 10},
		{"query response", "with input and output in `Omit`", 50 << 10, 50 << 10},
	} {
		m := &meter{}
		store := newStore(t, api, omitting(strings.Fields(c.omit)...), func(o *appsyncstore.Options) { o.HTTPClient = m })
		events := eventBytes(t, api, c.omit, all, func() { oneReport(t, store, c.in, c.out) })
		kb := func(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1024) }
		row := fmt.Sprintf("| %s | %s | %s | %s |", c.row, kb(m.up.Load()), kb(m.down.Load()), kb(int64(events)))
		t.Log(row)
		if !bytes.Contains(page, []byte(row+"\n")) {
			t.Errorf("docs/push.md has no %s", row)
		}
	}
}

// oneReport runs a job with input and output of these lengths.
func oneReport(t *testing.T, store jobstore.JobStore[string, string], in, out int) {
	t.Helper()
	job, err := store.Create(t.Context(), strings.Repeat("x", in))
	if err == nil {
		job, err = store.Claim(t.Context(), job.ID, lease("worker-0123456789"))
	}
	if err == nil {
		err = store.Report(t.Context(), job.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 10, Message: "calling the model"}})
	}
	if err == nil {
		err = store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: strings.Repeat("x", out)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// eventBytes are those of one job's events, to a subscriber who wants all that mutations
// select.
func eventBytes(t *testing.T, api *appsynctest.API, omit, all string, run func()) (n int) {
	t.Helper()
	for _, name := range strings.Fields(omit) {
		all = strings.Replace(all, " "+name+" ", " ", 1)
	}
	created := api.Subscribe(t, `subscription { onCreateQueryJob { `+all+` } }`, nil)
	updated := api.Subscribe(t, `subscription { onUpdateQueryJob { `+all+` } }`, nil)
	run()
	for _, events := range []<-chan appsynctest.Event{created, updated, updated, updated} {
		select {
		case e := <-events:
			if n += len(e.Data); e.Errors != nil {
				t.Errorf("an event has the errors %s", e.Errors)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("an event is missing")
		}
	}
	return n
}
