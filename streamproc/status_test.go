package streamproc_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// malformedStatuses are values of an attribute, and what an error says of them.
var malformedStatuses = map[string]string{
	`{}`:                            "has 0 type tags",
	`null`:                          "is not an attribute value",
	`"hush"`:                        "is not an attribute value",
	`[]`:                            "is not an attribute value",
	`5`:                             "is not an attribute value",
	`{"S":1}`:                       "has the type tag S but no such value",
	`{"S":null}`:                    "has the type tag S but no such value",
	`{"S":{"S":"hush"}}`:            "has the type tag S but no such value",
	`{"S":"hush\q"}`:                "has the type tag S but no such value",
	`{"S":"hush","N":"1"}`:          "has more than 1 type tag",
	`{"S":"pending","S":"pending"}`: "has more than 1 type tag",
	`{"N":"1","S":"pending"}`:       "has more than 1 type tag",
	`{"NULL":true,"S":"pending"}`:   "has more than 1 type tag",
	`{"N":1}`:                       "has the type tag N but no such value",
	`{"NULL":"hush"}`:               "has the type tag NULL but no such value",
	`{"BOOL":null}`:                 "has the type tag BOOL but no such value",
	`{"B":"*"}`:                     "has the type tag B but no such value",
	`{"SS":["hush",1]}`:             "has the type tag SS but no such value",
	`{"Q":"hush"}`:                  `has the unknown type tag "Q"`,
	`{"s":"pending"}`:               `has the unknown type tag "s"`,
	`{"L":[{"S":"hush"},{}]}`:       "[1] has 0 type tags",
	`{"M":{"a":{"S":1}}}`:           ".a has the type tag S but no such value",
}

func TestMalformedStatusIsReported(t *testing.T) {
	pending, changed := streamproc.Pending("status"), streamproc.StatusChanged("status")
	good := `{"id":{"S":"1"},"status":{"S":"a"}}`
	for value, problem := range malformedStatuses {
		bad := `{"id":{"S":"1"},"status":` + value + `,"x":{"S":"hush"}}`
		for name, tt := range map[string]struct {
			filter  streamproc.Filter
			payload string
			image   string
		}{
			"Pending":                     {pending, change("INSERT", "", bad), "NewImage"},
			"StatusChanged, new":          {changed, change("MODIFY", good, bad), "NewImage"},
			"StatusChanged, old":          {changed, change("MODIFY", bad, good), "OldImage"},
			"StatusChanged, same":         {changed, change("MODIFY", bad, bad), "NewImage"},
			"StatusChanged, none in new":  {changed, change("MODIFY", bad, `{}`), "OldImage"},
			"Pending, name escaped":       {pending, strings.Replace(change("INSERT", "", bad), `"status"`, `"\u0073tatus"`, 1), "NewImage"},
			"Pending, and keys alone":     {pending, change("INSERT", "", bad), "NewImage"},
			"Pending, another one passes": {streamproc.Pending("id"), change("INSERT", "", bad), ""},
		} {
			got, response, err := run[any](t, tt.payload, func(o *streamproc.Options) {
				if o.Filter = tt.filter; strings.Contains(name, "keys") {
					o.Needs = streamproc.KeysOnly
				}
			})
			if tt.image == "" {
				if got != nil || response != nothingFailed || err != nil {
					t.Errorf("%s, %s: handled %v, got %s and %v, want it skipped", name, value, got, response, err)
				}
				continue
			}
			var m *streamproc.MalformedError
			if got != nil || response != firstFailed || !errors.As(err, &m) || !strings.HasPrefix(m.Path, tt.image+".status") {
				t.Errorf("%s, %s: handled %v, got %s and %v, want an error of %s.status", name, value, got, response, err, tt.image)
			} else if !strings.Contains(err.Error(), problem) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s, %s: got %v, want an error that %s", name, value, err, problem)
			}
		}
	}
}

// TestOtherOperationsAreNotLookedAt, whatever their status.
func TestOtherOperationsAreNotLookedAt(t *testing.T) {
	bad := `{"status":{}}`
	for name, tt := range map[string]struct {
		filter  streamproc.Filter
		payload string
	}{
		"Pending, MODIFY":       {streamproc.Pending("status"), change("MODIFY", bad, bad)},
		"Pending, REMOVE":       {streamproc.Pending("status"), change("REMOVE", bad, "")},
		"StatusChanged, INSERT": {streamproc.StatusChanged("status"), change("INSERT", "", bad)},
		"StatusChanged, REMOVE": {streamproc.StatusChanged("status"), change("REMOVE", bad, "")},
	} {
		got, response, err := run[any](t, tt.payload, func(o *streamproc.Options) { o.Filter = tt.filter })
		if got != nil || response != nothingFailed || err != nil {
			t.Errorf("%s: handled %v, got %s and %v, want it skipped", name, got, response, err)
		}
	}
}

// otherStatuses are well-formed, and neither pending nor a change.
var otherStatuses = []string{
	`{"S":"complete"}`, `{"S":""}`, `{ "S" : "complete" }`, `{"N":"1"}`, `{"NULL":true}`, `{"BOOL":false}`, ``,
}

func TestWellFormedStatusOfAnotherTypeIsSkipped(t *testing.T) {
	for _, value := range append(otherStatuses, `{"S":"\u00e9"}`, `{"B":"AQ=="}`, `{"SS":["pending"]}`, `{"NS":["1"]}`, `{"BS":[]}`, `{"L":[{"S":"pending"}]}`, `{"M":{"S":{"S":"pending"}}}`) {
		image := withStatus(value)
		for name, tt := range map[string]struct {
			filter  streamproc.Filter
			payload string
		}{
			"Pending":             {streamproc.Pending("status"), change("INSERT", "", image)},
			"StatusChanged":       {streamproc.StatusChanged("status"), change("MODIFY", image, image)},
			"StatusChanged, type": {streamproc.StatusChanged("status"), change("MODIFY", `{"status":{"N":"2"}}`, image)},
		} {
			got, response, err := run[any](t, tt.payload, func(o *streamproc.Options) { o.Filter = tt.filter })
			if got != nil || response != nothingFailed || err != nil {
				t.Errorf("%s, %s: handled %v, got %s and %v, want it skipped", name, value, got, response, err)
			}
		}
	}
}

func withStatus(value string) string {
	if value == "" {
		return `{"id":{"S":"1"},"x":{"S":1}}`
	}
	return `{"id":{"S":"1"},"status":` + value + `,"x":{"S":1}}`
}

// TestStatusesOfOtherSpelling are the same, however the event has them.
func TestStatusesOfOtherSpelling(t *testing.T) {
	for spelling, handled := range map[string]bool{`"a"`: false, `"\u0061"`: false, `"b"`: true, `"\u0062"`: true, `"a\u0000"`: true} {
		got, response, err := run[any](t, change("MODIFY", `{"status":{"S":"a"}}`, `{"status":{"S":`+spelling+`}}`),
			func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") })
		if err != nil || response != nothingFailed || (len(got) == 1) != handled {
			t.Errorf("from a to %s: handled %v, got %s and %v, want handled %t", spelling, got, response, err, handled)
		}
	}
}

func TestImageOfWhichNoStatusCanBeRead(t *testing.T) {
	for _, image := range []string{`[]`, `"hush"`, `5`, `{"a" {}}`, `{"a":{"S":"hush"},}`, `{"a":{"S":"hush"} "status":{"S":"pending"}}`} {
		got, response, err := run[any](t, change("INSERT", "", image), func(o *streamproc.Options) { o.Filter = streamproc.Pending("status") })
		var m *streamproc.MalformedError
		if got != nil || response != firstFailed || !errors.As(err, &m) || m.Path != "NewImage" || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: handled %v, got %s and %v, want an error of NewImage", image, got, response, err)
		}
	}
}

func TestSkippedStatusAllocations(t *testing.T) {
	for _, value := range otherStatuses {
		image := withStatus(value)
		for name, tt := range map[string]struct {
			filter streamproc.Filter
			record string
		}{
			"Pending":       {streamproc.Pending("status"), change("INSERT", "", image)},
			"StatusChanged": {streamproc.StatusChanged("status"), change("MODIFY", image, image)},
		} {
			d := streamproc.New(func(context.Context, streamproc.Record[any]) error { return nil }, quiet, func(o *streamproc.Options) { o.Filter = tt.filter })
			one := strings.TrimSuffix(strings.TrimPrefix(tt.record, `{"Records":[`), `]}`) + strings.Repeat(" ", 700) // as long as most
			few, many := allocations(t, d, batch(one)), allocations(t, d, batch(one, one, one, one, one, one, one, one))
			if many > few {
				t.Errorf("%s, %s: %v allocations for a skipped record and %v for eight, want no more", name, value, few, many)
			}
		}
	}
}
