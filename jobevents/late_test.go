package jobevents_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestLateAndRepeatedBatches delivers batches again, in part and late, while AppSync refuses
// some. A client that keeps the view with the greatest version has the last state of each job.
func TestLateAndRepeatedBatches(t *testing.T) {
	for seed := range uint64(40) {
		f, random := newFixture(t, func(o *jobevents.Options) { o.Concurrency = 3 }), rand.New(rand.NewPCG(seed, 0))
		now := time.Now()
		f.jobs = memstore.New[string, answer](func(o *memstore.Options) { o.Stream, o.Now = true, func() time.Time { return now } })
		ids := []string{"a", "b", "c", "d"}
		for _, id := range ids {
			f.create(id)
		}
		for attempt := range 2 {
			now = now.Add(time.Minute)
			for _, id := range ids {
				f.attempt(id, now.Add(time.Hour), random.IntN(3), attempt == 1)
			}
		}
		records, err := f.jobs.Changes(t.Context(), "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(records); {
			batch := records[at:min(len(records), at+1+random.IntN(15))]
			if random.IntN(2) == 0 {
				f.server.Answer(f.taken, status(400, ""))
			}
			at += f.delivered(batch)
			if late := random.IntN(at + 1); random.IntN(4) == 0 {
				f.delivered(records[late:min(len(records), late+3)])
			}
		}
		for _, id := range ids {
			if want, got := f.view(id), newest(t, f.server.Events("/jobs/"+id)); got != want {
				t.Errorf("seed %d: a client of %s has %s, want %s", seed, id, got, want)
			}
		}
	}
}

// taken answers a request to publish as the server does.
func (f *fixture) taken(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		f.Error(err)
	}
	f.server.Take(w, sent)
}

// attempt makes one, with reports.
func (f *fixture) attempt(id string, lease time.Time, reports int, last bool) {
	f.Helper()
	job, err := f.jobs.Claim(f.Context(), id, jobstore.Lease{Owner: jobstore.NewID(), Until: lease})
	if err != nil {
		f.Fatal(err)
	}
	for seq := range reports {
		h := jobstore.Heartbeat{Seq: seq + 1, Progress: &jobstore.Progress{Percent: 10 * seq}, Partial: answer{Text: fmt.Sprint(seq)}}
		if err := f.jobs.Report(f.Context(), job.Claim(), h); err != nil {
			f.Fatal(err)
		}
	}
	o := jobstore.Outcome[answer]{Status: jobstore.Pending, Error: "again"}
	if last {
		o = jobstore.Outcome[answer]{Status: jobstore.Complete, Output: answer{Text: "done"}}
	}
	if err := f.jobs.Settle(f.Context(), job.Claim(), o); err != nil {
		f.Fatal(err)
	}
}

// delivered invokes the publisher as Lambda does, and returns how many records are done.
func (f *fixture) delivered(batch []json.RawMessage) int {
	f.Helper()
	out, err := f.p.Invoke(f.Context(), stream(f, batch...))
	if err != nil {
		return 0
	}
	var response struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(out, &response); err != nil {
		f.Fatal(err)
	}
	if len(response.BatchItemFailures) == 0 {
		return len(batch)
	}
	for i, r := range batch {
		var record struct {
			DynamoDB struct{ SequenceNumber string }
		}
		if err := json.Unmarshal(r, &record); err != nil {
			f.Fatal(err)
		}
		if record.DynamoDB.SequenceNumber == response.BatchItemFailures[0].ItemIdentifier {
			return i
		}
	}
	f.Fatalf("%s is not of the batch", out)
	return 0
}

func newest(t *testing.T, events []json.RawMessage) (kept string) {
	t.Helper()
	last := ""
	for _, e := range events {
		var v struct{ Version string }
		if err := json.Unmarshal(e, &v); err != nil {
			t.Fatal(err)
		}
		if v.Version > last {
			last, kept = v.Version, canonical(e)
		}
	}
	return kept
}
