package jobstoretest

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest"
)

// Types checks that a store returns what it took or refuses it: the values of
// [Values], empty and full, come back, and values that no store keeps are refused,
// before the write, by an error that names the field and does not quote the value. A
// store's own tests add the types that its constructor refuses.
func Types(t *testing.T, store jobstore.JobStore[Values, Values]) {
	t.Run("empty", func(t *testing.T) { RoundTrip(t, store, Values{}) })
	t.Run("full", func(t *testing.T) { RoundTrip(t, store, full()) })
	for _, c := range refusedValues {
		t.Run("refuses "+c.name, func(t *testing.T) {
			v := full()
			c.set(&v)
			refuses(t, store, c.path, v)
		})
	}
	t.Run("refuses metadata", func(t *testing.T) {
		for _, v := range []any{math.NaN(), "\xff", []string{"secret"}, deep(31), map[string]any{"": 1}} {
			_, err := store.Create(t.Context(), Values{}, func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"secret": v} })
			refusal(t, err, "create", "metadata[]")
		}
	})
}

// RoundTrip checks that each of values comes back from store as an input, from Create
// and Get, and as an output. An empty slice or map may come back as nil.
func RoundTrip[T any](t *testing.T, store jobstore.JobStore[T, T], values ...T) {
	t.Helper()
	for _, v := range values {
		created, err := store.Create(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		returned(t, "Create", v, created.Input)
		claimed, err := store.Claim(t.Context(), created.ID, jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		returned(t, "Claim", v, claimed.Input)
		if err := store.Settle(t.Context(), claimed.Claim(), jobstore.Outcome[T]{Status: jobstore.Complete, Output: v}); err != nil {
			t.Fatal(err)
		}
		got, err := store.Get(t.Context(), created.ID)
		if err != nil {
			t.Fatal(err)
		}
		returned(t, "the input of Get", v, got.Input)
		returned(t, "the output of Get", v, got.Output)
	}
}

func returned(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := valuetest.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// refusedValues are what no store keeps, each by the field that it is put in.
var refusedValues = []struct {
	name, path string
	set        func(*Values)
}{
	{"text that is not UTF-8", ".String", func(v *Values) { v.String = "secret\xff" }},
	{"a key that is not UTF-8", ".Map", func(v *Values) { v.Map = map[string]int{"secret\xff": 1} }},
	{"an empty key", ".Map", func(v *Values) { v.Map = map[string]int{"": 1} }},
	{"NaN", ".Float64", func(v *Values) { v.Float64 = math.NaN() }},
	{"infinity", ".Struct.Price", func(v *Values) { v.Struct.Price = math.Inf(-1) }},
	{"a large number", ".Float64", func(v *Values) { v.Float64 = 1e126 }},
	{"a small number", ".Float64", func(v *Values) { v.Float64 = 1e-131 }},
	{"39 digits", ".Number", func(v *Values) { v.Number = "123456789012345678901234567890123456789" }},
	{"39 digits of a big.Int", ".BigInt", func(v *Values) { v.BigInt.Exp(big.NewInt(10), big.NewInt(38), nil).Add(&v.BigInt, big.NewInt(1)) }},
	{"text for a number", ".Number", func(v *Values) { v.Number = "secret" }},
	{"32 lists in each other", ".Any", func(v *Values) { v.Any = deep(32) }},
	{"a cycle", ".Tree", func(v *Values) { v.Tree.Children = []*tree{v.Tree} }},
	{"a cycle of maps", ".Document", func(v *Values) { v.Document["secret"] = v.Document }},
	{"a chan in an any", ".Anys[1]", func(v *Values) { v.Anys = []any{nil, make(chan int)} }},
	{"a struct in an any", ".Any", func(v *Values) { v.Any = part{"secret", 1} }},
	{"a large whole number in an any", ".Any", func(v *Values) { v.Any = 1<<53 + 1 }},
	{"a duplicate in a set", ".Set[1]", func(v *Values) { v.Set = []string{"secret", "secret"} }},
	{"bad JSON", ".Raw", func(v *Values) { v.Raw = json.RawMessage(`{"secret"`) }},
	{"a time without a text", ".Time", func(v *Values) { v.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
	{"a method that panics", ".Levels[1]", func(v *Values) { v.Levels = []level{0, -1} }},
}

func deep(lists int) (v any) {
	for range lists {
		v = []any{v}
	}
	return v
}

// refuses checks that v is neither an input nor an output.
func refuses(t *testing.T, store jobstore.JobStore[Values, Values], path string, v Values) {
	id := jobstore.NewID()
	_, err := store.Create(t.Context(), v, func(o *jobstore.CreateOptions) { o.ID = id })
	refusal(t, err, "create", "input"+path)
	if _, err := store.Get(t.Context(), id); !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("Get after a refused Create: %v", err)
	}
	created, err := store.Create(t.Context(), Values{})
	if err != nil {
		t.Fatal(err)
	}
	held, err := store.Claim(t.Context(), created.ID, jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Settle(t.Context(), held.Claim(), jobstore.Outcome[Values]{Status: jobstore.Complete, Output: v})
	refusal(t, err, "settle", "output"+path)
	if got, err := store.Get(t.Context(), created.ID); err != nil || got.Status != jobstore.Processing {
		t.Errorf("after a refused Settle: %+v, %v", got, err)
	}
}

func refusal(t *testing.T, err error, op, path string) {
	t.Helper()
	var e *jobstore.Error
	switch {
	case !errors.As(err, &e) || e.Op != op || !errors.Is(err, jobstore.ErrInvalid):
		t.Errorf("%s: got %v, want an *Error of ErrInvalid", op, err)
	case !strings.Contains(err.Error(), ": "+path):
		t.Errorf("%s: %q does not name %s", op, err, path)
	case strings.Contains(err.Error(), "secret"):
		t.Errorf("%s: %q quotes the value", op, err)
	}
}
