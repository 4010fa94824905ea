package webhook

import "encoding/json"

// members are the members of a JSON object by their exact names. encoding/json would
// take ID for id.
type members map[string]json.RawMessage

// membersOf returns none for what is not a JSON object.
func membersOf(text []byte) members {
	var m members
	if json.Unmarshal(text, &m) != nil {
		return nil
	}
	return m
}

// text returns a member that is a string, or "".
func (m members) text(name string) string {
	var s string
	_ = json.Unmarshal(m[name], &s) // it stays empty
	return s
}
