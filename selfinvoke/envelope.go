package selfinvoke

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/internal/exactjson"
)

const version = 1

// envelope is the event that a function sends to itself. The payload comes last,
// see [skim].
type envelope struct {
	IsAsync  bool              `json:"isAsync"`
	Version  int               `json:"version"`
	Task     string            `json:"task"`
	ID       string            `json:"id"`   // made by the caller, the same for each delivery
	Hop      int               `json:"hop"`  // 1 for the first asynchronous invocation
	Time     int64             `json:"time"` // of its making, in milliseconds since 1970
	Trace    map[string]string `json:"trace,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Audience string            `json:"audience,omitempty"` // for whom it is sealed
	MAC      string            `json:"mac,omitempty"`      // see Keys
	Payload  json.RawMessage   `json:"payload"`
}

// mark is what distinguishes an envelope from other events.
const mark = `"isAsync"`

// marked reports whether event contains the mark at any depth. It searches for the
// capital letter first. bytes.Contains would search for the quotation mark, which is
// far more frequent in JSON, and take more than ten times as long (BenchmarkSync).
func marked(event []byte) bool {
	const capital = 3 // of mark
	for at := 0; ; at++ {
		next := bytes.IndexByte(event[at:], mark[capital])
		if next < 0 {
			return false
		}
		at += next
		if at >= capital && bytes.HasPrefix(event[at-capital:], []byte(mark)) {
			return true
		}
	}
}

// ErrEnvelope is wrapped by the errors about an event that carries the mark of an
// envelope but is not a valid one.
var ErrEnvelope = errors.New("not a valid envelope")

// open returns the envelope in event, or nil when event has no mark at its top
// level. For most events a search decides that, without an allocation.
func open(event []byte) (*envelope, error) {
	if !marked(event) {
		return nil, nil
	}
	e := skim(event)
	if e == nil {
		var err error
		if e, err = parse(event); e == nil {
			return nil, err
		}
	}
	return e, e.validate()
}

// parse reads an event of any layout. It returns nil and no error when event has no
// mark at its top level.
func parse(event []byte) (*envelope, error) {
	e := &envelope{}
	fields := []struct {
		name string
		to   any
	}{
		{"isAsync", &e.IsAsync},
		{"version", &e.Version},
		{"task", &e.Task},
		{"id", &e.ID},
		{"hop", &e.Hop},
		{"time", &e.Time},
		{"trace", &e.Trace},
		{"metadata", &e.Metadata},
		{"audience", &e.Audience},
		{"mac", &e.MAC},
		{"payload", &e.Payload},
	}
	names := []string{"headers", "requestContext"}
	for _, f := range fields {
		names = append(names, f.name)
	}
	values, _ := exactjson.Values(event, names...) // only an object has any
	http, values := values[:2], values[2:]
	switch {
	case values[0] == nil:
		return nil, nil // not an object, or the mark is deeper down: an event for the handler
	case http[0] != nil || http[1] != nil:
		return nil, fmt.Errorf("selfinvoke: an HTTP event carries isAsync: %w", ErrEnvelope)
	}
	for i, f := range fields {
		if values[i] != nil && json.Unmarshal(values[i], f.to) != nil {
			return nil, fmt.Errorf("selfinvoke: %w: %s has the wrong type", ErrEnvelope, f.name)
		}
	}
	return e, nil
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
