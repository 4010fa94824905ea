package filter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// passes reports whether filters of the patterns let the record through.
func passes(t *testing.T, record string, patterns ...string) bool {
	t.Helper()
	filters, err := filter.Parse(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return filters.Match([]byte(record))
}

// chocolate is the record of AWS's tutorial on filters, company that of the page
// with-ddb-filtering.
const (
	chocolate = `{"eventName":"INSERT","eventVersion":"1.1","dynamodb":{"Keys":{"SK":{"S":"PRODUCT#CHOCOLATE#DARK#1000"},"PK":{"S":"COMPANY#1000"}},
		"NewImage":{"quantity":{"N":"50"},"state":{"S":"FL"},"type":{"S":""},"dark":{"BOOL":true},"gone":{"NULL":true}},"SizeBytes":174}}`
	company = `{"eventID":"1","dynamodb":{"Keys":{"CustomerName":{"S":"AnyCompany Industries"}},
		"NewImage":{"AccountManager":{"S":"Pat Candella"},"PaymentTerms":{"S":"60 days"}},
		"OldImage":{"AccountManager":{"S":"Terry Whitlock"}},"StreamViewType":"NEW_IMAGE"}}`
	organizations = `{"dynamodb":{"NewImage":{"UserID":{"S":"12345"},"Organizations":{"L":[{"S":"Sales"},{"S":"Marketing"},{"S":"Support"}]}}}}`
	person        = `{"dynamodb":{"SizeBytes":1},"person":{"name":"John Doe","age":30,"price":300,"none":null,"empty":[],"tags":["a","b"],"address":{"street":"123 Main St"}}}`
)

func newImage(rule string) string { return `{"dynamodb":{"NewImage":` + rule + `}}` }

func TestMatch(t *testing.T) {
	tests := map[string]struct {
		record, pattern string
		want            bool
	}{
		"keys":                      {company, `{"dynamodb":{"Keys":{"CustomerName":{"S":["AnyCompany Industries"]}}}}`, true},
		"attributes, or":            {company, newImage(`{"AccountManager":{"S":["Shirley Rodriguez","Pat Candella"]}}`), true},
		"attributes, neither":       {company, newImage(`{"AccountManager":{"S":["Shirley Rodriguez"]}}`), false},
		"a name twice is and":       {company, `{"dynamodb":{"NewImage":{"AccountManager":{"S":["Pat Candella"]}}},"dynamodb":{"OldImage":{"AccountManager":{"S":["Terry Whitlock"]}}}}`, true},
		"a name twice, one fails":   {company, `{"dynamodb":{"NewImage":{"AccountManager":{"S":["Nobody"]}}},"dynamodb":{"OldImage":{"AccountManager":{"S":["Terry Whitlock"]}}}}`, false},
		"exists, intermediate":      {organizations, newImage(`{"Organizations":[{"exists":true}]}`), false},
		"exists, in a list":         {organizations, newImage(`{"Organizations":{"L":{"S":[{"exists":true}]}}}`), true},
		"exists, address":           {person, `{"person":{"address":[{"exists":true}]}}`, false},
		"in a list":                 {organizations, newImage(`{"Organizations":{"L":{"S":["Marketing"]}}}`), true},
		"not in a list":             {organizations, newImage(`{"Organizations":{"L":{"S":["Sales","x"]},"M":{"S":["x"]}}}`), false},
		"empty":                     {chocolate, newImage(`{"type":{"S":[""]}}`), true},
		"empty, but is not":         {chocolate, newImage(`{"state":{"S":[""]}}`), false},
		"and":                       {chocolate, newImage(`{"state":{"S":["FL"]},"quantity":{"N":["50"]}}`), true},
		"and, one fails":            {chocolate, newImage(`{"state":{"S":["FL"]},"quantity":{"N":["51"]}}`), false},
		"not":                       {chocolate, newImage(`{"state":{"S":[{"anything-but":["CA"]}]}}`), true},
		"not, but is":               {chocolate, newImage(`{"state":{"S":[{"anything-but":["CA","FL"]}]}}`), false},
		"not, without a list":       {chocolate, newImage(`{"state":{"S":[{"anything-but":"FL"}]}}`), false},
		"not, missing":              {chocolate, newImage(`{"city":{"S":[{"anything-but":["CA"]}]}}`), false},
		"not, a number":             {person, `{"person":{"age":[{"anything-but":[30]}]}}`, false},
		"exists":                    {chocolate, newImage(`{"state":{"S":[{"exists":true}]}}`), true},
		"exists, missing":           {chocolate, newImage(`{"homemade":{"S":[{"exists":true}]}}`), false},
		"exists not":                {chocolate, newImage(`{"homemade":{"S":[{"exists":false}]}}`), true},
		"exists not, but does":      {chocolate, newImage(`{"state":{"S":[{"exists":false}]}}`), false},
		"exists not, no image":      {chocolate, `{"dynamodb":{"OldImage":{"state":{"S":[{"exists":false}]}}}}`, true},
		"exists, empty list":        {person, `{"person":{"empty":[{"exists":true}]}}`, false},
		"exists not, empty list":    {person, `{"person":{"empty":[{"exists":false}]}}`, true},
		"prefixes":                  {chocolate, `{"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"COMPANY"}]},"SK":{"S":[{"prefix":"PRODUCT"}]}}}}`, true},
		"no prefix":                 {chocolate, `{"dynamodb":{"Keys":{"PK":{"S":[{"prefix":"OMPANY"}]}}}}`, false},
		"suffix":                    {chocolate, `{"dynamodb":{"Keys":{"PK":{"S":[{"suffix":"#1000"}]}}}}`, true},
		"no suffix":                 {chocolate, `{"dynamodb":{"Keys":{"PK":{"S":[{"suffix":"COMPANY"}]}}}}`, false},
		"case":                      {chocolate, newImage(`{"state":{"S":["fl"]}}`), false},
		"ignore case":               {chocolate, newImage(`{"state":{"S":[{"equals-ignore-case":"fl"}]}}`), true},
		"ignore case, other":        {chocolate, newImage(`{"state":{"S":[{"equals-ignore-case":"f"}]}}`), false},
		"event name":                {chocolate, `{"eventName":["INSERT"]}`, true},
		"event name, other":         {chocolate, `{"eventName":["REMOVE"]}`, false},
		"event name, missing":       {company, `{"eventName":["INSERT"]}`, false},
		"true":                      {chocolate, newImage(`{"dark":{"BOOL":[true]}}`), true},
		"false":                     {chocolate, newImage(`{"dark":{"BOOL":[false]}}`), false},
		"true is no string":         {chocolate, newImage(`{"dark":{"BOOL":["true"]}}`), false},
		"null":                      {person, `{"person":{"none":[null]}}`, true},
		"null is there":             {person, `{"person":{"none":[{"exists":true}]}}`, true},
		"null, missing":             {person, `{"person":{"nowhere":[null]}}`, false},
		"a number":                  {person, `{"person":{"price":[300]}}`, true},
		"a number, other text":      {person, `{"person":{"price":[300.0]}}`, false},
		"a number, other text, 3e2": {person, `{"person":{"price":[3.0e2]}}`, false},
		"an item's number":          {chocolate, newImage(`{"quantity":{"N":[50]}}`), false},
		"numeric =":                 {person, `{"person":{"price":[{"numeric":["=",3e2]}]}}`, true},
		"numeric range":             {person, `{"person":{"age":[{"numeric":[">",10,"<=",30]}]}}`, true},
		"numeric range, bound":      {person, `{"person":{"age":[{"numeric":[">",30,"<",40]}]}}`, false},
		"numeric >=":                {person, `{"person":{"age":[{"numeric":[">=",30]}]}}`, true},
		"numeric, size":             {chocolate, `{"dynamodb":{"SizeBytes":[{"numeric":["<",175]}]}}`, true},
		"numeric, an item's number": {chocolate, newImage(`{"quantity":{"N":[{"numeric":["=",50]}]}}`), false},
		"array, any":                {person, `{"person":{"tags":["b"]}}`, true},
		"array, none":               {person, `{"person":{"tags":["c"]}}`, false},
		"or, first":                 {person, `{"$or":[{"person":{"age":[30]}},{"eventName":["INSERT"]}]}`, true},
		"or, second":                {chocolate, `{"$or":[{"person":{"age":[30]}},{"eventName":["INSERT"]}]}`, true},
		"or, none":                  {company, `{"$or":[{"person":{"age":[30]}},{"eventName":["INSERT"]}]}`, false},
		"or, within":                {chocolate, newImage(`{"type":{"S":[""]},"$or":[{"state":{"S":["CA"]}},{"quantity":{"N":["50"]}}]}`), true},
		"or, within, and fails":     {chocolate, newImage(`{"type":{"S":["x"]},"$or":[{"state":{"S":["CA"]}},{"quantity":{"N":["50"]}}]}`), false},
		"rules of several kinds":    {chocolate, newImage(`{"state":{"S":["CA",{"prefix":"F"},null]}}`), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := passes(t, tt.record, tt.pattern); got != tt.want {
				t.Errorf("%s passes: %v, want %v", tt.pattern, got, tt.want)
			}
		})
	}
}

func TestPatternsAreAlternatives(t *testing.T) {
	insert, remove := `{"eventName":["INSERT"]}`, `{"eventName":["REMOVE"]}`
	if !passes(t, chocolate, remove, insert) || passes(t, company, remove, insert) || !passes(t, company) {
		t.Error("a record passes when one of the patterns matches, or when there is none")
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ pattern, want string }{
		"no JSON":             {`{"a":`, "not valid JSON"},
		"more than JSON":      {`{"a":[1]} {}`, "not valid JSON"},
		"an array":            {`["a"]`, "not a JSON object"},
		"nothing":             {`{}`, "an empty object"},
		"nothing within":      {`{"a":{"b":{}}}`, "at a.b: an empty object"},
		"no rules":            {`{"a":{"b":[]}}`, "at a.b: an empty array"},
		"a bare value":        {`{"a":{"b":"c"}}`, "at a.b: must be an object or an array of rules"},
		"a bare null":         {`{"a":null}`, "at a: must be"},
		"an array in a rule":  {`{"a":[["b"]]}`, "at a: a rule must not be an array"},
		"two operators":       {`{"a":[{"prefix":"b","suffix":"c"}]}`, "at a: a rule must have one operator"},
		"unknown operator":    {`{"a":[{"wildcard":"b*"}]}`, `at a: unknown operator "wildcard"`},
		"exists what":         {`{"a":[{"exists":"yes"}]}`, "at a: exists takes true or false"},
		"prefix what":         {`{"a":[{"prefix":1}]}`, "at a: the operator takes a string"},
		"prefix in no case":   {`{"a":[{"prefix":{"equals-ignore-case":"b"}}]}`, "at a: the operator takes a string"},
		"anything-but what":   {`{"a":[{"anything-but":[]}]}`, "at a: anything-but takes"},
		"anything-but both":   {`{"a":[{"anything-but":["b",1]}]}`, "at a: anything-but takes"},
		"anything-but prefix": {`{"a":[{"anything-but":{"prefix":"b"}}]}`, "at a: anything-but takes"},
		"numeric what":        {`{"a":[{"numeric":[">"]}]}`, "at a: numeric takes an operator and a number"},
		"numeric operator":    {`{"a":[{"numeric":["!=",1]}]}`, "at a: numeric takes =,"},
		"numeric string":      {`{"a":[{"numeric":["=","1"]}]}`, "at a: numeric takes numbers"},
		"numeric no range":    {`{"a":[{"numeric":["=",1,"=",2]}]}`, "at a: numeric takes two operators only"},
		"numeric empty range": {`{"a":[{"numeric":[">",2,"<",1]}]}`, "at a: numeric takes two operators only"},
		"or what":             {`{"a":{"$or":{"b":[1]}}}`, "at a.$or: must be an array of two objects or more"},
		"or one":              {`{"$or":[{"b":[1]}]}`, "at $or: must be an array of two objects or more"},
		"or values":           {`{"$or":[{"b":[1]},"c"]}`, "at $or[1]: must be an object"},
		"or within":           {`{"$or":[{"b":[1]},{"c":{"d":[]}}]}`, "at $or[1].c.d: an empty array"},
		"too long":            {`{"a":["` + strings.Repeat("b", 4096) + `"]}`, "longer than 4096 characters"},
	}
	for name, tt := range tests {
		_, err := filter.Parse([]string{`{"eventName":["INSERT"]}`, tt.pattern})
		if err == nil || !strings.Contains(err.Error(), "pattern 1: "+tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
	if _, err := filter.Parse(make([]string, 6)); err == nil || err.Error() != "6 patterns are more than 5" {
		t.Errorf("6 patterns: got %v", err)
	}
}

func TestPatterns(t *testing.T) {
	got, err := filter.Patterns(`{"Filters":[{"Pattern":"{ \"a\" : [ 1, 2 ] }"},{"Pattern":"{}"}]}`)
	if d := cmp.Diff([]string{`{ "a" : [ 1, 2 ] }`, "{}"}, got); d != "" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	for _, document := range []string{`{"a":[1]}`, `[]`, ``, `{}`, `{"filters":[]}`, `{"Filters":[{"pattern":"{}"}]}`, `{"Filters":[{}]}`, `{"Filters":[],"Filter":[]}`, `{"Filters":{}}`} {
		if _, err := filter.Patterns(document); err == nil {
			t.Errorf("%s: no error", document)
		}
	}
}
