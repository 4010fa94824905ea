package streamproc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

func TestAnd(t *testing.T) {
	for name, c := range map[string]struct {
		record, match, handled bool
	}{
		"both match":            {true, true, true},
		"only the filter":       {true, false, false},
		"only the predicate":    {false, true, false},
		"neither of them match": {false, false, false},
	} {
		status := map[bool]string{true: "pending", false: "complete"}[c.record]
		f := streamproc.Pending("status").And(func(*streamproc.RawRecord) bool { return c.match })
		got, response, err := run[any](t, change("INSERT", "", `{"status":{"S":"`+status+`"}}`), func(o *streamproc.Options) { o.Filter = f })
		if err != nil || response != nothingFailed || (len(got) == 1) != c.handled {
			t.Errorf("%s: handled %v, %s, %v", name, got, response, err)
		}
		if f.Criteria() != streamproc.Pending("status").Criteria() {
			t.Errorf("the criteria are %s", f.Criteria())
		}
	}
	asked := false
	f := streamproc.Pending("status").And(func(*streamproc.RawRecord) bool { asked = true; return true })
	_, response, _ := run[any](t, change("INSERT", "", `{"status":{"S":7}}`), func(o *streamproc.Options) { o.Filter = f })
	if asked || response != firstFailed {
		t.Errorf("a malformed status answered %s, and the predicate was asked: %t", response, asked)
	}
	for want, construct := range map[string]func(){
		"streamproc: And: the filter is empty": func() { streamproc.Filter{}.And(func(*streamproc.RawRecord) bool { return true }) },
		"streamproc: And: match is nil":        func() { streamproc.Pending("status").And(nil) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panicked with %q, want %q", got, want)
				}
			}()
			construct()
		}()
	}
}

func TestNumber(t *testing.T) {
	for image, want := range map[string]string{
		`{"n":{"N":"17"}}`:                   "17",
		`{"n":{"N":"-1.5e3"},"m":{"N":"2"}}`: "-1.5e3",
		`{"m":{"M":{"n":{"N":"17"}}}}`:       "",
		`{"n":{"S":"17"}}`:                   "",
		`{"n":{"NULL":true}}`:                "",
		`{"n":"17"}`:                         "",
		`{"n":[]}`:                           "",
		`{"N":{"N":"17"}}`:                   "",
		`{"\u006e":{"N":"17"}}`:              "17",
	} {
		got := "not seen"
		inspect(t, []byte(change("INSERT", "", image)), func(r *streamproc.RawRecord) { got = r.New().Number("n") })
		if got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
	inspect(t, []byte(change("REMOVE", "", "")), func(r *streamproc.RawRecord) {
		if got := r.New().Number("n"); got != "" {
			t.Errorf("without an image: %q", got)
		}
	})
}
