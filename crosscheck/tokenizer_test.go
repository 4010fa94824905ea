package crosscheck_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// queryJob is a plain struct of strings for the records of the fixtures.
type queryJob struct {
	ID        string `dynamodbav:"id"`
	Status    string `dynamodbav:"status"`
	Query     string `dynamodbav:"query"`
	Metadata  string `dynamodbav:"metadata"`
	CreatedAt string `dynamodbav:"createdAt"`
	UpdatedAt string `dynamodbav:"updatedAt"`
}

// change is what both ways hand on of a record.
type change struct {
	ID, Sequence string
	Job          queryJob
}

// fixtures are events of 100 records.
var fixtures = []string{"stream-100-pending", "stream-10-of-100-pending"}

func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("../streamproc/testdata/" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestTokenizersAgree makes the comparison one of like with like.
func TestTokenizersAgree(t *testing.T) {
	for _, name := range fixtures {
		var ours, theirs []change
		d := dispatcher(func(c change) { ours = append(ours, c) })
		if _, err := d.Invoke(t.Context(), fixture(t, name)); err != nil {
			t.Fatal(err)
		}
		if err := newTokenReader().event(fixture(t, name), func(c change) { theirs = append(theirs, c) }); err != nil {
			t.Fatal(err)
		}
		if len(ours) == 0 || !slices.Equal(ours, theirs) {
			t.Errorf("%s: %d records and %d, which differ", name, len(ours), len(theirs))
		}
	}
}

// BenchmarkTokenizer compares streamproc's own scanner with jsontext on the same
// work. x-streamproc is how many times as long as streamproc it takes, in the same
// run.
func BenchmarkTokenizer(b *testing.B) {
	sink := func(change) {}
	d, r := dispatcher(sink), newTokenReader()
	for _, name := range fixtures {
		payload, base := fixture(b, name), 0.0
		measure(b, name+"/streamproc", &base, func() error { _, err := d.Invoke(b.Context(), payload); return err })
		measure(b, name+"/jsontext", &base, func() error { return r.event(payload, sink) })
	}
}

func measure(b *testing.B, name string, base *float64, run func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := run(); err != nil {
				b.Fatal(err)
			}
		}
		each := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / 100
		if strings.HasSuffix(name, "/streamproc") {
			*base = each
		}
		b.ReportMetric(each, "ns/record")
		b.ReportMetric(each / *base, "x-streamproc")
	})
}

func dispatcher(handle func(change)) *streamproc.Dispatcher {
	return streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error {
		handle(change{r.Keys.Value("id"), r.SequenceNumber, *r.New})
		return nil
	})
}
