package memstore_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func TestTypes(t *testing.T) {
	jobstoretest.Types(t, memstore.New[jobstoretest.Values, jobstoretest.Values]())
	jobstoretest.RoundTrip(t, memstore.New[big.Int, big.Int](), *big.NewInt(1 << 40))
	jobstoretest.RoundTrip(t, memstore.New[any, any](), any(nil), any("text"), any(1.5), any([]any{true, nil}))
	defer func() {
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "memstore: New: output: chan int") {
			t.Errorf("New panicked with %q", got)
		}
	}()
	memstore.New[string, chan int]()
}

// TestChangesShowTheTablesNames: an image has what dynamostore would store, not JSON.
func TestChangesShowTheTablesNames(t *testing.T) {
	type input struct {
		Text string `json:"in_json" dynamodbav:"in_table"`
		Data []byte
	}
	jobs := memstore.New[input, string](func(o *memstore.Options) { o.Stream = true })
	if _, err := jobs.Create(t.Context(), input{"sales?", []byte{1, 2}}); err != nil {
		t.Fatal(err)
	}
	records, err := jobs.Changes(t.Context(), "", 1)
	for _, want := range []string{`"input":{"M":{"Data":{"B":"AQI="},"in_table":{"S":"sales?"}}}`, `.0,"Keys":`} { // the time is a float
		if err != nil || !strings.Contains(string(records[0]), want) {
			t.Errorf("the record is %s, %v; want it to have %s", records, err, want)
		}
	}
}
