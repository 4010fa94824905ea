package lambdahttp

import (
	"encoding/json"

	"github.com/asyncpatterns/asyncpatterns/internal/exactjson"
)

// members are the members of a JSON object that are read, by their exact names.
type members []member

type member struct {
	name string
	to   any
}

// decode reads the object, or null. A member that is null is as if it were absent.
func (m members) decode(object []byte) error {
	names := make([]string, len(m))
	for i, one := range m {
		names[i] = one.name
	}
	values, err := exactjson.Values(object, names...)
	if err != nil {
		return err
	}
	for i, value := range values {
		if value != nil && string(value) != "null" {
			if err := json.Unmarshal(value, m[i].to); err != nil {
				return err
			}
		}
	}
	return nil
}
