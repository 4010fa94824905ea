package streamproc_test

import (
	"context"
	"errors"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// grade is a string whose text is another one.
type grade string

func (g grade) MarshalText() ([]byte, error) { return []byte("grade:" + string(g)), nil }

func (g *grade) UnmarshalText(text []byte) error {
	name, ok := strings.CutPrefix(string(text), "grade:")
	if !ok {
		return errors.New("not a grade: " + string(text))
	}
	*g = grade(name)
	return nil
}

type textual struct {
	ID     string
	Addr   netip.Addr
	Grade  grade
	At     time.Time
	None   *netip.Addr
	Some   *netip.Addr
	Grades []grade
	ByAddr map[netip.Addr]grade
	Nested struct{ Grade grade }
	Total  big.Int
}

func anyTextual() textual {
	addr := netip.MustParseAddr("2001:db8::1")
	v := textual{ID: "1", Addr: addr, Grade: "A", At: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Some: &addr, Grades: []grade{"B", ""}, ByAddr: map[netip.Addr]grade{addr: "C"}}
	v.Nested.Grade = "D"
	v.Total.SetInt64(7)
	return v
}

var addrs = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b big.Int) bool { return a.Cmp(&b) == 0 }),
}

// TestJobWithTexts has the values that a dynamostore writes by their MarshalText.
func TestJobWithTexts(t *testing.T) {
	type job = jobstore.Job[textual, netip.Addr]
	jobs := memstore.New[textual, netip.Addr](func(o *memstore.Options) { o.Stream = true })
	want := anyTextual()
	if _, err := jobs.Create(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	changes, err := jobs.Changes(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := run[job](t, `{"Records":[`+string(changes[0])+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got[0].New.Input, addrs); diff != "" {
		t.Error(diff)
	}
}

// TestStreamtestWritesTexts as a dynamostore does.
func TestStreamtestWritesTexts(t *testing.T) {
	want := anyTextual()
	record := streamtest.New(func(o *streamtest.Options) { o.Keys = []string{"ID"} }).Insert(want)
	got, _, err := run[textual](t, string(streamtest.Payload(record)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *got[0].New, addrs); diff != "" {
		t.Error(diff)
	}
}

// TestRefusedText is quoted by most UnmarshalText methods.
func TestRefusedText(t *testing.T) {
	for name, image := range map[string]string{
		"Addr":   `{"Addr":{"S":"secret"}}`,
		"Grade":  `{"Grade":{"S":"secret"}}`,
		"Nested": `{"Nested":{"M":{"Grade":{"S":"secret"}}}}`,
		"Grades": `{"Grades":{"L":[{"S":"secret"}]}}`,
	} {
		d := streamproc.New(func(context.Context, streamproc.Record[textual]) error { return nil }, func(o *streamproc.Options) { o.Filter = everyRecord })
		_, err := d.Invoke(t.Context(), around([]byte(image)))
		if want := "streamproc: record 0: NewImage." + name + " does not decode: UnmarshalText or UnmarshalBinary refuses it"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
