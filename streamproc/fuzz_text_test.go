package streamproc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

var seedStrings = []string{
	`""`, `"a"`, `"\u00e9\ud83d\ude00\ud800x\udc00"`, `"\n\t\b\f\r\/\\\""`, `"\q"`, `"\u12"`, "\"\xff\xc3\"", "\"\x00\"", `"\uD83D\u0041"`, `"\uABCD\uabcd"`, "\"1234567\xff890123456\"", `"12345678\"12345678\\"`,
}

// checkString compares a string with encoding/json.
func checkString(t *testing.T, quoted []byte) {
	var want string
	if len(quoted) == 0 || quoted[0] != '"' || json.Unmarshal(quoted, &want) != nil {
		return
	}
	quoted = bytes.TrimSpace(quoted)
	inspect(t, around(fmt.Appendf(nil, `{"a":{"N":"1"},"x":{"S":%s},%s:{"S":"by name"}}`, quoted, quoted)), func(r *streamproc.RawRecord) {
		if want == "a" || want == "x" {
			return
		}
		if got := r.New().String("x"); got != want {
			t.Fatalf("%s: got %q, want %q", quoted, got, want)
		}
		if !r.New().Is("x", want) || r.New().Is("x", want+"!") {
			t.Fatalf("%s: Is does not agree that it is %q", quoted, want)
		}
		if got := r.New().String(want); got != "by name" {
			t.Fatalf("%s: looked up by name gives %q", quoted, got)
		}
	})
}

var seedMetadata = []string{
	`{}`, ` { } `, `{"a":"b"}`, `{"a":"b","a":"c"}`, `{ "a" : "b" , "c" : "d" }`, `{"a":"b",}`, `{"a":1,"b":{"c":[null]}}`, `null`,
	`"x"`, `{"a":"\u0041"}`, `{"a":"é"}`, `{"a":"b"}x`, `{,}`, `{"a":"b"`, `{}}`, "{\"a\":\"b\"}\x00", "{\"a\":\"\x7f\"}", `nonsense`, ``, `{"a\:"b"}`, `{"a":"b\}`,
}

// checkMetadata compares the JSON of a job's metadata with encoding/json.
func checkMetadata(t *testing.T, text string) {
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ToValidUTF8(text, "\ufffd")
	if err := json.Unmarshal(quoted, &text); err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	wantErr := json.Unmarshal([]byte(text), &want)
	got, gotErr := decodeJob(t, fmt.Sprintf(`{"metadata":{"S":%s}}`, quoted))
	if (wantErr == nil) != (gotErr == nil) {
		t.Fatalf("%q: got error %v, json has %v", text, gotErr, wantErr)
	}
	if wantErr == nil && !reflect.DeepEqual(want, got.Metadata) {
		t.Fatalf("%q (-want +got):\n%s", text, cmp.Diff(want, got.Metadata))
	}
}
