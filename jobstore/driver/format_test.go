package driver_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestNothingPrintsAToken prints each type that has a claim's token.
func TestNothingPrintsAToken(t *testing.T) {
	const token = "TOKEN"
	jobs := memstore.New[string, string]()
	job, err := jobs.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	if job, err = jobs.Claim(t.Context(), job.ID, jobstore.Lease{Owner: token, Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if job.Owner != token {
		t.Fatalf("the job's owner is %q", job.Owner)
	}
	for name, v := range map[string]any{
		"job": *job, "job's pointer": job, "jobs": []*jobstore.Job[string, string]{job}, "job in a struct": struct{ J *jobstore.Job[string, string] }{job},
		"claim": job.Claim(), "lease": jobstore.Lease{Owner: token}, "state": driver.State{Token: token},
	} {
		var lines bytes.Buffer
		slog.New(slog.NewTextHandler(&lines, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&lines, nil)).Info("", "v", v)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&lines, verb+"\n", v)
		}
		if text := lines.String(); strings.Contains(text, token) || strings.Contains(strings.ToUpper(text), fmt.Sprintf("%X", token)) {
			t.Errorf("a %s shows its token: %s", name, text)
		}
	}
	if got := fmt.Sprintf("%+v", job); !strings.Contains(got, "Input:why?") || !strings.Contains(got, "Owner:(withheld)") {
		t.Errorf("a job is printed as %s", got)
	}
	if got := fmt.Sprintf("%v %+v", (*jobstore.Job[string, string])(nil), jobstore.Lease{}); strings.Contains(got, "PANIC") || strings.Contains(got, "withheld") {
		t.Errorf("nothing is printed as %s", got)
	}
}
