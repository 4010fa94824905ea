package jobevents_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestOutputTypes publishes what GET shows, whatever the type of the output.
func TestOutputTypes(t *testing.T) {
	published(t, "up 12 %")
	published(t, 0)
	published(t, 1.5)
	published(t, true)
	published(t, []string{"a", ""})
	published(t, []byte("bytes"))
	published(t, map[string]int{"a": 1})
	published(t, &answer{Text: "a"})
	published(t, netip.MustParseAddr("10.0.0.1"))
	published(t, struct {
		At    time.Time         `json:"at" dynamodbav:"a"`
		Addrs []netip.Addr      `json:"addrs"`
		Rows  []struct{ N any } `json:"rows,omitempty"`
	}{At: time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC), Addrs: []netip.Addr{netip.MustParseAddr("::1")}})
}

func published[Out any](t *testing.T, out Out) {
	t.Helper()
	s, jobs := eventstest.Start(t), memstore.New[string, Out](func(o *memstore.Options) { o.Stream = true })
	p, err := jobevents.New[Out](s.URL, jobevents.IAM(s.Publisher()), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.ID = "a" }); err != nil {
		t.Fatal(err)
	}
	job, err := jobs.Claim(t.Context(), "a", jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Settle(t.Context(), job.Claim(), jobstore.Outcome[Out]{Status: jobstore.Complete, Output: out}); err != nil {
		t.Fatal(err)
	}
	records, err := jobs.Changes(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Invoke(t.Context(), stream(t, records...)); err != nil {
		t.Errorf("%T: %v", out, err)
	}
	if job, err = jobs.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(jobhttp.ViewOf(job))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{canonical(want)}, texts(s.Events("/jobs/a"))); diff != "" {
		t.Errorf("%T (-want +got):\n%s", out, diff)
	}
}
