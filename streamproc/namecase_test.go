package streamproc_test

import (
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

func TestAttributesThatDifferInCaseOnly(t *testing.T) {
	tests := map[string]struct{ payload, want string }{
		"in the new image": {change("INSERT", "", `{"id":{"S":"a"},"X":{"S":"hush-hush"},"x":{"N":"1"}}`), `NewImage has the attributes "X" and "x", which differ in case only`},
		"in the old image": {change("MODIFY", `{"X":{"N":"1"},"x":{"N":"2"}}`, `{"x":{"N":"2"}}`), `OldImage has the attributes "X" and "x", which differ in case only`},
		"in a map":         {change("INSERT", "", `{"deep":{"M":{"X":{"N":"1"},"x":{"N":"2"}}}}`), `NewImage.deep has the attributes "X" and "x", which differ in case only`},
		"types, in a map":  {change("INSERT", "", `{"deep":{"M":{"X":{"S":"hush-hush"},"x":{"N":"2"}}}}`), `NewImage.deep has the attributes "X" and "x", which differ in case only`},
		"deeper":           {change("INSERT", "", `{"deep":{"M":{"deep":{"M":{"x":{"N":"1"},"X":{"N":"2"}}}}}}`), `NewImage.deep.deep has the attributes "X" and "x"`},
	}
	for name, tt := range tests {
		for n := range 20 { // attributevalue takes them in any order
			got, response, err := run[everything](t, tt.payload, func(o *streamproc.Options) { o.Concurrency = 1 + n%2 })
			if got != nil || response != firstFailed || err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "hush-hush") {
				t.Errorf("%s: handled %v, got %s and %v, want the error %s", name, got, response, err, tt.want)
			}
		}
	}
}

// TestAttributesThatDifferInCaseOnlyOfAList are in a list's element.
func TestAttributesThatDifferInCaseOnlyOfAList(t *testing.T) {
	_, response, err := run[struct{ L []everything }](t, change("INSERT", "", `{"L":{"L":[{"M":{}},{"M":{"x":{"N":"1"},"X":{"N":"2"}}}]}}`))
	if want := `NewImage.L[1] has the attributes "X" and "x"`; err == nil || !strings.HasPrefix(err.Error(), want) || response != firstFailed {
		t.Errorf("got %s and %v, want the error %s", response, err, want)
	}
}

// Both names have a field, so there is nothing to confuse.
func TestAttributesThatDifferInCaseOnlyAndHaveFields(t *testing.T) {
	got, response, err := run[differingCase](t, change("INSERT", "", `{"id":{"S":"a"},"ID":{"S":"b"}}`))
	if err != nil || response != nothingFailed || *got[0].New != (differingCase{"a", "b"}) {
		t.Errorf("got %+v, %s and %v, want both", got, response, err)
	}
}

// The Kelvin sign is a k, and the long s an s.
func TestNamesBeyondASCIIThatDifferInCaseOnly(t *testing.T) {
	type fields struct {
		K any `dynamodbav:"k"`
		S any `dynamodbav:"s"`
		E any `dynamodbav:"é"`
	}
	for image, want := range map[string]string{
		`{"k":{"N":"1"},"\u212a":{"N":"2"}}`:          "\"k\" and \"\u212a\"",
		`{"\u017f":{"N":"1"},"s":{"N":"2"}}`:          `"s" and "ſ"`,
		`{"\u00c9":{"N":"1"},"\u00e9":{"N":"2"}}`:     `"É" and "é"`,
		`{"e":{"N":"0"},"É":{"N":"1"},"é":{"N":"2"}}`: `"É" and "é"`,
	} {
		_, response, err := run[fields](t, change("INSERT", "", image))
		if err == nil || !strings.HasPrefix(err.Error(), "NewImage has the attributes "+want) || response != firstFailed {
			t.Errorf("%s: got %s and %v, want an error with %s", image, response, err, want)
		}
	}
}
