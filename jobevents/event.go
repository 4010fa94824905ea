package jobevents

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
)

// Event is what subscribers get: the job as package jobhttp shows it.
type Event[Out any] struct {
	jobhttp.View[Out]

	// Omitted is true of an event that would be larger than [Options.MaxEventBytes]. It lacks
	// the output, and also texts if they are that large. The client gets the job.
	Omitted bool `json:"omitted,omitzero"`
}

// fit returns the event of j, and that as an element of a request's events: a JSON string
// that holds JSON.
func fit[Out any](j *job[Out], most int) (e Event[Out], data json.RawMessage, err error) {
	e = Event[Out]{View: jobhttp.ViewOf(j)}
	if data, err = quoted(e); err != nil || len(data) <= most {
		return e, data, err
	}
	e.Omitted, e.Output = true, nil
	if data, err = quoted(e); err != nil || len(data) <= most {
		return e, data, err
	}
	e.Error, e.ProgressMessage = "", ""
	data, err = quoted(e)
	return e, data, err
}

// quoted counts against the limit as the request has it, which is never less than what
// AppSync counts.
func quoted(v any) (json.RawMessage, error) {
	data, err := marshal(v)
	if err != nil {
		return nil, err
	}
	return marshal(string(data))
}

// marshal leaves < and > as they are, which take six bytes otherwise.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil { // a method's error may quote a value
		return nil, fmt.Errorf("a %T does not encode as JSON", v)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
