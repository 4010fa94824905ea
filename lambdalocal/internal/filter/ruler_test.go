package filter_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// verdict is what the filter makes of a pattern and a record.
func verdict(pattern, record string) string {
	filters, err := filter.Parse([]string{pattern})
	switch {
	case err != nil:
		return "invalid"
	case filters.Match([]byte(record)):
		return "pass"
	}
	return "drop"
}

// Where Lambda's page, invocation-eventfiltering, says something else than event-ruler does,
// the page is right. Where it is silent and event-ruler seems to be wrong, the filter is
// strict.
const (
	byText       = "numbers and addresses are compared by their text"
	noOperator   = "the operator is not among those of the page"
	followed     = "something follows the pattern"
	dotted       = "event-ruler joins the names of a path by dots"
	repeated     = "event-ruler takes each value of a name that a record has twice"
	capitalSS    = "the capital of ß is SS to Java"
	smallest     = "Java 17 writes the smallest number as 4.9E-324"
	emptyInPaths = "event-ruler drops empty names from a path"
)

var differences = map[[2]string]struct{ want, why string }{
	{`{"x":[300]}`, `{"x":300.0}`}:                                       {"drop", byText},
	{`{"x":[300]}`, `{"x":3e2}`}:                                         {"drop", byText},
	{`{"x":[300.0]}`, `{"x":300}`}:                                       {"drop", byText},
	{`{"x":[{"anything-but":300}]}`, `{"x":300.0}`}:                      {"pass", byText},
	{`{"a":["10.0.0.1"]}`, `{"a":"10.0.0.01"}`}:                          {"drop", byText},
	{`{"a":["::1"]}`, `{"a":"0:0:0:0:0:0:0:1"}`}:                         {"drop", byText},
	{`{"x":[{"equals-ignore-case":"straße"}]}`, `{"x":"STRASSE"}`}:       {"drop", capitalSS},
	{`{"a":[1]} x`, `{"a":1}`}:                                           {"invalid", followed},
	{`{"a":[1]}{"b":[2]}`, `{"a":1}`}:                                    {"invalid", followed},
	{`{"a.b":[1]}`, `{"a":{"b":1}}`}:                                     {"drop", dotted},
	{`{"a":{"b":[1]}}`, `{"a.b":1}`}:                                     {"drop", dotted},
	{`{"a":[1]}`, `{"a":1,"a":2}`}:                                       {"drop", repeated},
	{`{"a":{"b":[1]}}`, `{"a":{"b":1},"a":{"c":1}}`}:                     {"drop", repeated},
	{`{"a":[{"numeric":[">",0]}]}`, `{"a":5e-324}`}:                      {"pass", smallest},
	{`{"a":{"":["x"]}}`, `{"a":{"":"x"}}`}:                               {"pass", emptyInPaths},
	{`{"a":[{"prefix":{"equals-ignore-case":"x"}}]}`, `{"a":"XY"}`}:      {"invalid", noOperator},
	{`{"a":[{"anything-but":{"prefix":"x"}}]}`, `{"a":"y"}`}:             {"invalid", noOperator},
	{`{"a":[{"anything-but":{"suffix":["x"]}}]}`, `{"a":"y"}`}:           {"invalid", noOperator},
	{`{"a":[{"anything-but":{"equals-ignore-case":"x"}}]}`, `{"a":"y"}`}: {"invalid", noOperator},
	{`{"a":[{"anything-but":{"wildcard":"x*"}}]}`, `{"a":"y"}`}:          {"invalid", noOperator},
	{`{"a":[{"wildcard":"x*"}]}`, `{"a":"xy"}`}:                          {"invalid", noOperator},
	{`{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":"10.1.2.3"}`}:                {"invalid", noOperator},
	{`{"a":[{"exactly":"x"}]}`, `{"a":"x"}`}:                             {"invalid", noOperator},
}

// TestAsEventRuler compares with the verdicts of event-ruler.
func TestAsEventRuler(t *testing.T) {
	data, err := os.ReadFile("testdata/event-ruler.tsv")
	if err != nil {
		t.Fatal(err)
	}
	compared, different := 0, 0
	for line := range strings.Lines(string(data)) {
		want, pair, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue // a comment
		}
		pattern, record, _ := strings.Cut(pair, "\t")
		if d, ok := differences[[2]string{pattern, record}]; ok {
			if d.want == want {
				t.Errorf("%s of %s is not different", pattern, record)
			}
			want = d.want
			different++
		}
		if got := verdict(pattern, record); got != want {
			t.Errorf("%s of %s: %s, want %s", pattern, record, got, want)
		}
		compared++
	}
	if compared < 230 || different != len(differences) {
		t.Errorf("compared %d, of which %d of %d are different", compared, different, len(differences))
	}
}
