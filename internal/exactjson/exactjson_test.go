package exactjson_test

import (
	"encoding/json"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/exactjson"
)

func TestValues(t *testing.T) {
	for object, want := range map[string]string{
		`{"a":1}`:                               `1`,
		`{"A":1}`:                               ``,
		`{"a":1,"A":2}`:                         `1`,
		`{"a":1,"a":{"a":[2]}}`:                 `{"a":[2]}`,
		` { "b" : {"a":3} , "a" : "x\"},{" } `:  `"x\"},{"`,
		`{"\u0061":null}`:                       `null`,
		`{"b":["a",{"a":1}],"c":"\\","a":-1e9}`: `-1e9`,
		`null`:                                  ``,
		`{}`:                                    ``,
	} {
		values, err := exactjson.Values([]byte(object), "a", "absent")
		if err != nil || string(values[0]) != want || values[1] != nil {
			t.Errorf("%s: a is %s, absent is %s, %v; want %s", object, values[0], values[1], err, want)
		}
	}
}

func TestValuesOfNoObject(t *testing.T) {
	for _, text := range []string{``, ` `, `{`, `[]`, `[{"a":1}]`, `"a"`, `1`, `true`, `nullx`, `{"a":1}x`, `{"a":01}`} {
		if values, err := exactjson.Values([]byte(text), "a"); err != exactjson.ErrNoObject || values[0] != nil {
			t.Errorf("%s: %s, %v", text, values[0], err)
		}
	}
}

// FuzzValues compares with a map of encoding/json, whose keys are exact.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{`{"a":1,"A":[2]}`, `{"\u0061":"\\\"", "b":{"a":0}}`, `[]`, `null`, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		var want map[string]json.RawMessage
		if err := json.Unmarshal(object, &want); err != nil {
			want = nil
		}
		values, _ := exactjson.Values(object, "a", "")
		for i, name := range []string{"a", ""} {
			if string(values[i]) != string(want[name]) {
				t.Errorf("%q: %q is %q, want %q", object, name, values[i], want[name])
			}
		}
	})
}
