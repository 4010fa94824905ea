package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
)

// jsonOf returns the JSON in a body that is JSON or a form. It decides by the body,
// which is signed, and not by the Content-Type, which is not.
func jsonOf(body []byte) ([]byte, error) {
	if !isForm(body) {
		return body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: it is neither JSON nor a form", ErrMalformed)
	}
	fields := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) != 1 {
			return nil, fmt.Errorf("%w: a field of the form has %d values", ErrMalformed, len(values))
		}
		fields[name] = values[0]
	}
	if payload, ok := fields["payload"]; ok {
		return []byte(payload), nil
	}
	return json.Marshal(fields)
}

// isForm reports whether a body is a form and not JSON: an object, array or string
// begins with a character that a form encodes, and other JSON has no equals sign.
func isForm(body []byte) bool {
	text := bytes.TrimLeft(body, " \t\r\n")
	return len(text) > 0 && !bytes.ContainsAny(text[:1], `{["`) && bytes.IndexByte(text, '=') >= 0
}
