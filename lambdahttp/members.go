package lambdahttp

import "encoding/json"

// members are the members of a JSON object that are read, by their exact names.
// encoding/json takes a name in any case, and so would read what the front door has
// not written.
type members map[string]any

// decode reads the object. The last value of a repeated name counts.
func (m members) decode(object []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(object, &values); err != nil {
		return err
	}
	for name, to := range m {
		if value, ok := values[name]; ok {
			if err := json.Unmarshal(value, to); err != nil {
				return err
			}
		}
	}
	return nil
}
