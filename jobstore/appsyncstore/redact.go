package appsyncstore

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// withheld replaces an error's message that must not be passed on.
const withheld = "(its message quotes the request and is withheld)"

// maxMessage is the longest message, in bytes, that is passed on. AppSync's own are
// shorter; a longer one quotes the request.
const maxMessage = 2048

// withhold returns the message unless it quotes credentials of r or the users' values in
// body. GraphQL servers quote a variable that they refuse, and AWS quotes a request with
// a wrong signature.
func (c *client) withhold(message string, r *http.Request, body []byte) string {
	if len(message) > maxMessage || quotesAny(message, credentials(r)) || quotesAny(message, c.opts.Fields.secrets(body)) {
		return withheld
	}
	return message
}

// credentials are the parts of r's credentials.
func credentials(r *http.Request) (parts []string) {
	for _, name := range []string{"Authorization", "X-Api-Key", "X-Amz-Security-Token"} {
		parts = append(parts, strings.FieldsFunc(r.Header.Get(name), func(r rune) bool { return strings.ContainsRune(" ,=", r) })...)
	}
	return parts
}

// secrets are the users' values and the tokens in a request's body.
func (f Fields) secrets(body []byte) []string {
	var request struct{ Variables map[string]any }
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&request) != nil {
		return nil
	}
	w := walker{names: map[string]bool{
		f.Input: true, f.Output: true, f.Error: true, f.Metadata: true,
		f.ProgressMessage: true, f.ClaimToken: true, f.CreateToken: true,
	}}
	w.walk(request.Variables, false)
	return w.found
}

// walker collects the strings and numbers under the names, also within JSON texts.
type walker struct {
	names map[string]bool
	found []string
}

func (w *walker) walk(v any, within bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, v := range v {
			w.walk(v, within || w.names[name])
		}
	case []any:
		for _, v := range v {
			w.walk(v, within)
		}
	case string:
		if within {
			w.text(v)
		}
	case json.Number:
		if within {
			w.found = append(w.found, v.String())
		}
	}
}

func (w *walker) text(s string) {
	w.found = append(w.found, s)
	var inner any
	if len(s) > 0 && (s[0] == '{' || s[0] == '[') && json.Unmarshal([]byte(s), &inner) == nil {
		w.walk(inner, true)
	}
}

func quotesAny(message string, secrets []string) bool {
	for _, s := range secrets {
		if quotes(message, s) {
			return true
		}
	}
	return false
}

// quotes is true of a message that contains the secret or its beginning. A short secret
// counts only in quotation marks, since it may be a word of the message.
func quotes(message, secret string) bool {
	const short, beginning = 4, 32
	if len(secret) < short {
		return strings.Contains(message, `"`+secret+`"`) || strings.Contains(message, "'"+secret+"'")
	}
	start := strings.ToValidUTF8(secret[:min(len(secret), beginning)], "")
	escaped := strconv.Quote(start)
	return strings.Contains(message, start) || strings.Contains(message, escaped[1:len(escaped)-1])
}
