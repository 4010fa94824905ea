package selfinvoke

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

const version = 1

// envelope is the event of an asynchronous invocation of oneself.
type envelope struct {
	IsAsync bool            `json:"isAsync"`
	Version int             `json:"version"`
	Task    string          `json:"task"`
	ID      string          `json:"id"`  // made by the caller, the same for repeated invokes
	Hop     int             `json:"hop"` // 1 for the first asynchronous invocation
	Payload json.RawMessage `json:"payload"`
}

var mark = []byte(`"isAsync"`)

// ErrEnvelope is wrapped by the errors about an event that carries the mark of
// an asynchronous invocation but is not one of ours.
var ErrEnvelope = errors.New("not a valid envelope")

// open returns the envelope in payload, or nil when payload does not carry the
// mark at its top level.
func open(payload []byte) (*envelope, error) {
	if !bytes.Contains(payload, mark) {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(payload, &fields) != nil || fields["isAsync"] == nil {
		return nil, nil // not an object, or the mark is deeper down: the handler's to judge
	}
	for _, name := range []string{"headers", "requestContext"} {
		if fields[name] != nil {
			return nil, fmt.Errorf("selfinvoke: an HTTP event carries isAsync: %w", ErrEnvelope)
		}
	}
	e := new(envelope)
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, fmt.Errorf("selfinvoke: %w: a field has the wrong type", ErrEnvelope)
	}
	return e, e.validate()
}

func (e *envelope) validate() error {
	switch {
	case !e.IsAsync:
		return fmt.Errorf("selfinvoke: %w: isAsync is false", ErrEnvelope)
	case e.Version != version:
		return fmt.Errorf("selfinvoke: %w: version is %d, want %d", ErrEnvelope, e.Version, version)
	case e.ID == "":
		return fmt.Errorf("selfinvoke: %w: id is empty", ErrEnvelope)
	case e.Hop < 1:
		return fmt.Errorf("selfinvoke: %w: hop is %d, want at least 1", ErrEnvelope, e.Hop)
	}
	return nil
}
