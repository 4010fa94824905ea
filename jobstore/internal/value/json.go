package value

import (
	"bytes"
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// checkJSON checks what a table may keep as native values.
func checkJSON(w *walk, data []byte) *problem {
	if !json.Valid(data) {
		return refuse("JSON that is not valid")
	}
	if !utf8.Valid(data) {
		return refuse("JSON that is not valid UTF-8")
	}
	within := *w
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil { // the end of valid JSON
			return nil
		}
		if p := checkToken(&within, token); p != nil {
			return p
		}
	}
}

func checkToken(w *walk, token json.Token) *problem {
	switch token := token.(type) {
	case json.Delim:
		if token == '{' || token == '[' {
			return w.enter()
		}
		w.leave()
	case json.Number:
		if reason := NumberProblem(token.String()); reason != "" {
			return refuse("JSON with %s", reason)
		}
	}
	return nil
}

// sameJSON ignores the order of members and white space.
func sameJSON(a, b []byte) bool {
	return bytes.Equal(a, b) || reflect.DeepEqual(decoded(a), decoded(b))
}

func decoded(data []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return data // equal to no other
	}
	return v
}

// rawChecker checks a json.RawMessage.
func rawChecker(s site) checker {
	return func(w *walk, v reflect.Value) *problem {
		null := v.IsNil() || string(bytes.TrimSpace(v.Bytes())) == "null"
		switch {
		case null && s.pointed:
			return refuse("a pointer to a null json.RawMessage would come back nil")
		case null:
			return nil
		}
		return checkJSON(w, v.Bytes())
	}
}
