package streamproc_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inAnyOrder returns an image of the attributes in a random order.
func inAnyOrder(attributes ...string) string {
	rand.Shuffle(len(attributes), func(i, j int) { attributes[i], attributes[j] = attributes[j], attributes[i] })
	return "{" + strings.Join(attributes, ",") + "}"
}

// TestExactNamesWin: an attribute sets the field of its exact name, whatever attributes
// there are whose names differ in case, and in whatever order.
func TestExactNamesWin(t *testing.T) {
	const status, upper, title = `"status":{"S":"pending"}`, `"STATUS":{"S":"done"}`, `"Status":{"N":"1"}`
	for range 50 {
		image := inAnyOrder(status, upper, title, `"ID":{"S":"b"}`, `"iD":{"L":[]}`, `"id":{"S":"a"}`)
		decodesInto(t, image, plainStrings{ID: "a", Status: "pending"})
		decodesInto(t, `{"m":{"M":`+image+`}}`, everything{Nested: plainStrings{ID: "a", Status: "pending"}})
		decodesInto(t, `{"deep":{"M":{"l":{"L":[{"M":`+image+`}]}}}}`, everything{Deep: &everything{List: []plainStrings{{ID: "a", Status: "pending"}}}})
		decodesInto(t, image, embedding{plainStrings: plainStrings{ID: "a", Status: "pending"}, Embedded: &Embedded{ID: "b"}})
		decodesInto(t, inAnyOrder(`"x":{"N":"1"}`, `"X":{"S":"hush-hush"}`), everything{Any: 1.0})
		decodesInto(t, inAnyOrder(`"id":{"S":"a"}`, `"ID":{"S":"b"}`, `"Id":{"S":"c"}`), differingCase{"a", "b"})
		decodesInto(t, inAnyOrder(`"k":{"S":"a"}`, `"K":{"S":"b"}`, `"\u212a":{"S":"c"}`), beyondASCII{Kelvin: "c"})
		decodesInto(t, inAnyOrder(`"i":{"N":"1"}`, `"I":{"S":"not a number"}`), everything{I: 1})
		decodesInto(t, image, map[string]any{"status": "pending", "STATUS": "done", "Status": 1.0, "ID": "b", "iD": []any{}, "id": "a"})
	}
}

// TestTheFirstOfInexactNamesWins, in the order of the bytes.
func TestTheFirstOfInexactNamesWins(t *testing.T) {
	for range 50 {
		image := inAnyOrder(`"STATUS":{"S":"a"}`, `"Status":{"S":"b"}`, `"statuS":{"S":"c"}`)
		decodesInto(t, image, plainStrings{Status: "a"})
		decodesInto(t, `{"m":{"M":`+image+`}}`, everything{Nested: plainStrings{Status: "a"}})
		decodesInto(t, image, embedding{plainStrings: plainStrings{Status: "a"}})
		decodesInto(t, inAnyOrder(`"STATUS":{"NULL":true}`, `"Status":{"S":"b"}`), plainStrings{})
		decodesInto(t, inAnyOrder(`"STATUS":{"S":"a"}`, `"Status":{"NULL":true}`), plainStrings{Status: "a"})
	}
}

// TestTheLastOfEqualNamesWins, as with encoding/json, in the filter as in the decoder.
func TestTheLastOfEqualNamesWins(t *testing.T) {
	decodesInto(t, `{"status":{"S":"a"},"status":{"S":"b"}}`, plainStrings{Status: "b"})
	decodesInto(t, `{"status":{"NULL":true},"status":{"S":"b"}}`, plainStrings{Status: "b"})
	decodesInto(t, `{"status":{"S":"b"},"status":{"NULL":true}}`, plainStrings{})
	decodesInto(t, `{"m":{"M":{"id":{"S":"a"},"id":{"S":"b"}}}}`, everything{Nested: plainStrings{ID: "b"}})
	for image, want := range map[string][]string{
		`{"id":{"S":"1"},"status":{"S":"done"},"status":{"S":"pending"}}`: {"1"},
		`{"id":{"S":"1"},"status":{"S":"pending"},"status":{"S":"done"}}`: nil,
		`{"id":{"S":"1"},"status":{"S":"done"},"STATUS":{"S":"pending"}}`: nil,
	} {
		handled, _, err := dispatch(t, batch(record("INSERT", "1", image)), ok)
		if diff := cmp.Diff(want, handled); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +handled):\n%s", image, err, diff)
		}
	}
}

// The types below contain themselves.
type (
	list  []list
	table map[string]table
	loop  struct {
		Next *loop   `dynamodbav:"next"`
		All  []*loop `dynamodbav:"all"`
		List list    `dynamodbav:"list"`
		ID   string  `dynamodbav:"id"`
	}
)

func TestExactNamesWinInTypesThatContainThemselves(t *testing.T) {
	for range 20 {
		ids := inAnyOrder(`"id":{"S":"a"}`, `"ID":{"S":"b"}`)
		decodesInto(t, `{"next":{"M":{"next":{"M":`+ids+`}}}}`, loop{Next: &loop{Next: &loop{ID: "a"}}})
		decodesInto(t, `{"next":{"M":{"next":{"M":`+ids+`}}}}`, &loop{Next: &loop{Next: &loop{ID: "a"}}})
		decodesInto(t, `{"all":{"L":[{"M":{"all":{"L":[{"M":`+ids+`}]}}}]}}`, loop{All: []*loop{{All: []*loop{{ID: "a"}}}}})
		decodesInto(t, `{"list":{"L":[{"L":[]}]}}`, loop{List: list{list{}}})
		decodesInto(t, `{"a":{"M":{"A":{"M":{}},"a":{"M":{}}}}}`, table{"a": {"A": {}, "a": {}}})
	}
}

func decodesInto[T any](t *testing.T, image string, want T) {
	t.Helper()
	got, response, err := run[T](t, change("INSERT", "", image))
	if err != nil || response != nothingFailed || len(got) != 1 {
		t.Errorf("%s: got %+v, %s and %v", image, got, response, err)
	} else if diff := cmp.Diff(&want, got[0].New, loosely...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", image, diff)
	}
}

// TestKeysHaveEachNameOnce.
func TestKeysHaveEachNameOnce(t *testing.T) {
	payload := strings.Replace(change("INSERT", "", `{}`), `"dynamodb":{`, `"dynamodb":{"Keys":{"id":{"S":"a"},"id":{"S":"b"}},`, 1)
	_, response, err := run[any](t, payload)
	if err == nil || !strings.HasPrefix(err.Error(), "Keys.id is there twice") || response != firstFailed {
		t.Errorf("got %s and %v", response, err)
	}
}
