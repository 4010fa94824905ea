package jobtask

import (
	"encoding/json"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/internal/exactjson"
)

// smallest is a size from which a lease is longer.
const smallest = 16 << 10

// payload is that of an event: the job to run. Its JSON is the job's ID as a string, or
// of a large job an object that also has the size of the record. The first lease of a large
// record is longer where its size is known.
type payload struct {
	id   string
	size int // in bytes; 0 when it is small or not known
}

type largePayload struct {
	ID   string `json:"id"`
	Size int    `json:"size"`
}

// newPayload is that of a job whose record has this size, or 0 when that is not known.
func newPayload(id string, size int) payload {
	if size < smallest {
		size = 0
	}
	return payload{id, size}
}

func (p payload) MarshalJSON() ([]byte, error) {
	if p.size == 0 {
		return json.Marshal(p.id)
	}
	return json.Marshal(largePayload{p.id, p.size})
}

func (p *payload) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return json.Unmarshal(data, &p.id)
	}
	values, err := exactjson.Values(data, "id", "size") // encoding/json takes "ID" too
	if err != nil {
		return err
	}
	if err := json.Unmarshal(values[0], &p.id); err != nil {
		return err
	}
	if err := json.Unmarshal(values[1], &p.size); err != nil {
		return err
	}
	if p.size < 0 {
		return fmt.Errorf("the size is %d, want at least 0", p.size)
	}
	return nil
}
