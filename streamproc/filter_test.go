package streamproc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// change is a record with both images, as far as they are not empty.
func change(operation, oldImage, newImage string) string {
	images := ""
	if oldImage != "" {
		images += `"OldImage":` + oldImage + `,`
	}
	if newImage != "" {
		images += `"NewImage":` + newImage + `,`
	}
	return fmt.Sprintf(`{"Records":[{"eventSource":"aws:dynamodb","eventName":%q,"dynamodb":{%s"SequenceNumber":"1","StreamViewType":"NEW_AND_OLD_IMAGES"}}]}`, operation, images)
}

func TestFilters(t *testing.T) {
	pending, changed := streamproc.Pending("status"), streamproc.StatusChanged("status")
	a, b := `{"status":{"S":"a"}}`, `{"status":{"S":"b"}}`
	tests := map[string]struct {
		filter        streamproc.Filter
		payload       string
		handled, fail bool
	}{
		"Pending, pending":                {pending, change("INSERT", "", `{"x":{"S":"status"},"status":{"S":"pending"}}`), true, false},
		"Pending, escaped":                {pending, change("INSERT", "", `{"\u0073tatus":{"S":"p\u0065nding"}}`), true, false},
		"Pending, a prefix":               {pending, change("INSERT", "", `{"status":{"S":"pendin"}}`), false, false},
		"Pending, longer":                 {pending, change("INSERT", "", `{"status":{"S":"pending "}}`), false, false},
		"Pending, other case":             {pending, change("INSERT", "", `{"Status":{"S":"pending"}}`), false, false},
		"Pending, no string":              {pending, change("INSERT", "", `{"status":{"N":"pending"}}`), false, false},
		"Pending, in a map":               {pending, change("INSERT", "", `{"m":{"M":{"status":{"S":"pending"}}}}`), false, false},
		"Pending, no status":              {pending, change("INSERT", "", `{}`), false, false},
		"Pending, in the old image":       {pending, change("INSERT", `{"status":{"S":"pending"}}`, `{}`), false, false},
		"Pending, MODIFY":                 {pending, change("MODIFY", "", `{"status":{"S":"pending"}}`), false, false},
		"Pending, REMOVE":                 {pending, change("REMOVE", `{"status":{"S":"pending"}}`, ""), false, false},
		"Pending, no image":               {pending, change("INSERT", "", ""), false, true},
		"Pending, other attribute":        {streamproc.Pending("sta\"é"), change("INSERT", "", `{"sta\"\u00e9":{"S":"pending"}}`), true, false},
		"StatusChanged, changed":          {changed, change("MODIFY", a, b), true, false},
		"StatusChanged, same":             {changed, change("MODIFY", a, a), false, false},
		"StatusChanged, other attribute":  {changed, change("MODIFY", `{"status":{"S":"a"},"x":{"S":"1"}}`, `{"x":{"S":"2"},"status":{"S":"a"}}`), false, false},
		"StatusChanged, new":              {changed, change("MODIFY", `{}`, b), false, false},
		"StatusChanged, gone":             {changed, change("MODIFY", a, `{}`), false, false},
		"StatusChanged, none":             {changed, change("MODIFY", `{}`, `{}`), false, false},
		"StatusChanged, INSERT":           {changed, change("INSERT", "", b), false, false},
		"StatusChanged, INSERT with both": {changed, change("INSERT", a, b), false, false},
		"StatusChanged, REMOVE":           {changed, change("REMOVE", a, ""), false, false},
		"StatusChanged, one image":        {changed, change("MODIFY", "", b), false, true},
		"StatusChanged, its own name":     {streamproc.StatusChanged("phase"), change("MODIFY", `{"phase":{"S":"a"}}`, `{"phase":{"S":"b"}}`), true, false},
		"Where, true":                     {everyRecord, change("INSERT", "", `{}`), true, false},
		"Where, false":                    {streamproc.Where(func(*streamproc.RawRecord) bool { return false }), change("INSERT", "", `{"x":{}}`), false, false},
		"Where, a panic":                  {streamproc.Where(func(*streamproc.RawRecord) bool { panic("ouch") }), change("INSERT", "", `{}`), false, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, response, err := run[any](t, tt.payload, func(o *streamproc.Options) { o.Filter = tt.filter })
			want := nothingFailed
			if tt.fail {
				want = firstFailed
			}
			if (len(got) == 1) != tt.handled || response != want || (err != nil) != tt.fail {
				t.Errorf("handled %v, got %s and %v, want handled %t, failed %t", got, response, err, tt.handled, tt.fail)
			}
		})
	}
}

func TestRawRecordShowsWhatAFilterAsks(t *testing.T) {
	seen := ""
	inspect(t, []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"SequenceNumber":"7","StreamViewType":"NEW_AND_OLD_IMAGES",
		"ApproximateCreationDateTime":5,"Keys":{"id":{"S":"k"}},"NewImage":{"s":{"S":"n\n"},"n":{"N":"1"}},"OldImage":{"s":{"S":"o"}}}}]}`),
		func(r *streamproc.RawRecord) {
			seen = fmt.Sprintf("%s %s %s %d %q %q %q %q %t %t", r.Operation, r.SequenceNumber(), r.ViewType(), r.Time().Unix(),
				r.Keys().String("id"), r.New().String("s"), r.Old().String("s"), r.New().String("n"), r.New().Is("s", "n\n"), r.New().Is("s", `n\n`))
		})
	if want := `MODIFY 7 NEW_AND_OLD_IMAGES 5 "k" "n\n" "o" "" true false`; seen != want {
		t.Errorf("saw %s, want %s", seen, want)
	}
}

func TestCriteria(t *testing.T) {
	tests := map[string]struct {
		filter streamproc.Filter
		want   any
	}{
		"Pending": {streamproc.Pending("st\"a"), map[string]any{"dynamodb": map[string]any{
			"NewImage": map[string]any{"st\"a": map[string]any{"S": []any{"pending"}}},
		}}},
		"StatusChanged": {streamproc.StatusChanged("status"), map[string]any{"dynamodb": map[string]any{
			"NewImage": map[string]any{"status": map[string]any{"S": []any{map[string]any{"exists": true}}}},
			"OldImage": map[string]any{"status": map[string]any{"S": []any{map[string]any{"exists": true}}}},
		}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var criteria struct{ Filters []struct{ Pattern string } }
			strict := json.NewDecoder(strings.NewReader(tt.filter.Criteria()))
			strict.DisallowUnknownFields()
			if err := strict.Decode(&criteria); err != nil || len(criteria.Filters) != 1 {
				t.Fatalf("%s: %v, want one filter", tt.filter.Criteria(), err)
			}
			var got any
			if err := json.Unmarshal([]byte(criteria.Filters[0].Pattern), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := everyRecord.Criteria(); got != "" {
		t.Errorf("Where has the criteria %s, want none", got)
	}
}

func TestOwnWritesAreSkipped(t *testing.T) {
	old := `{"id":{"S":"1"},"answer":{"S":"a"},"set":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQ==","Ag=="]},"m":{"M":{"a":{"N":"1"},"b":{"L":[{"SS":["x","y"]}]}}}}`
	replace := func(a, b string) string { return strings.Replace(old, a, b, 1) }
	tests := map[string]struct {
		payload string
		handled bool
	}{
		"its own":                   {change("MODIFY", old, replace(`{"S":"a"}`, `{"S":"b"}`)), false},
		"its own, escaped name":     {change("MODIFY", old, replace(`"answer":{"S":"a"}`, `"\u0061nswer":{"S":"b"}`)), false},
		"its own, added":            {change("MODIFY", replace(`"answer":{"S":"a"},`, ""), old), false},
		"its own, removed":          {change("MODIFY", old, replace(`"answer":{"S":"a"},`, "")), false},
		"nothing":                   {change("MODIFY", old, old), false},
		"another":                   {change("MODIFY", old, replace(`"id":{"S":"1"}`, `"id":{"S":"2"}`)), true},
		"another and its own":       {change("MODIFY", old, strings.NewReplacer(`"S":"1"`, `"S":"2"`, `"S":"a"`, `"S":"b"`).Replace(old)), true},
		"another, added":            {change("MODIFY", replace(`"id":{"S":"1"},`, ""), old), true},
		"another, removed":          {change("MODIFY", old, replace(`"id":{"S":"1"},`, "")), true},
		"another type":              {change("MODIFY", old, replace(`"id":{"S":"1"}`, `"id":{"N":"1"}`)), true},
		"a set in another order":    {change("MODIFY", old, replace(`["a","b"]`, `["b","a"]`)), false},
		"numbers in another order":  {change("MODIFY", old, replace(`["1","2"]`, `["2","1"]`)), false},
		"binaries in another order": {change("MODIFY", old, replace(`["AQ==","Ag=="]`, `["Ag==","AQ=="]`)), false},
		"a map in another order":    {change("MODIFY", old, replace(`{"a":{"N":"1"},"b":{"L":[{"SS":["x","y"]}]}}`, `{"b":{"L":[{"SS":["y","x"]}]},"a":{"N":"1"}}`)), false},
		"another member of a set":   {change("MODIFY", old, replace(`["a","b"]`, `["a","c"]`)), true},
		"a list in another order":   {change("MODIFY", `{"l":{"L":[{"N":"1"},{"N":"2"}]}}`, `{"l":{"L":[{"N":"2"},{"N":"1"}]}}`), true},
		"an image in another order": {change("MODIFY", `{"a":{"S":"1"},"b":{"S":"2"}}`, `{"b":{"S":"2"},"a":{"S":"1"}}`), false},
		"an insert":                 {change("INSERT", "", old), true},
		"a remove":                  {change("REMOVE", old, ""), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, response, err := run[any](t, tt.payload, func(o *streamproc.Options) { o.Writes = []string{"answer", "other"} })
			if (len(got) == 1) != tt.handled || err != nil || response != nothingFailed {
				t.Errorf("handled %d, got %s and %v, want handled %t", len(got), response, err, tt.handled)
			}
		})
	}
}

// TestHaving narrows each filter, and its pattern, to items of one kind.
func TestHaving(t *testing.T) {
	for name, c := range map[string]struct {
		filter streamproc.Filter
		record string
		want   bool
	}{
		"pending, of the kind":     {streamproc.Pending("status"), `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"status":{"S":"pending"},"kind":{"S":"job"}}}}`, true},
		"pending, of another":      {streamproc.Pending("status"), `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"status":{"S":"pending"},"kind":{"S":"order"}}}}`, false},
		"pending, of none":         {streamproc.Pending("status"), `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"status":{"S":"pending"}}}}`, false},
		"not pending, of the kind": {streamproc.Pending("status"), `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"status":{"S":"complete"},"kind":{"S":"job"}}}}`, false},
		"a filter of the caller":   {streamproc.Where(func(*streamproc.RawRecord) bool { return true }), `{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"NewImage":{"kind":{"S":"job"}}}}`, true},
		"the same, of another":     {streamproc.Where(func(*streamproc.RawRecord) bool { return true }), `{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"NewImage":{"kind":{"N":"1"}}}}`, false},
	} {
		ran := false
		d := streamproc.New(func(context.Context, streamproc.Record[map[string]any]) error { ran = true; return nil },
			func(o *streamproc.Options) { o.Filter = c.filter.Having("kind", "job") })
		if _, err := d.Invoke(t.Context(), []byte(`{"Records":[`+c.record+`]}`)); err != nil || ran != c.want {
			t.Errorf("%s: handled %t, %v; want %t", name, ran, err, c.want)
		}
	}
	plain, narrow := streamproc.Pending("status"), streamproc.Pending("status").Having("kind", "job")
	if want := strings.Replace(plain.Criteria(), `{\"status\"`, `{\"kind\":{\"S\":[\"job\"]},\"status\"`, 1); narrow.Criteria() != want {
		t.Errorf("the pattern is %s, want %s", narrow.Criteria(), want)
	}
	if !(streamproc.Filter{}).IsZero() || narrow.IsZero() {
		t.Error("IsZero is wrong")
	}
}
