package jobhttp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// View is what a client sees of a job: not its caller, and its input, metadata and history
// only beside it, where [Options] say so.
type View[Out any] struct {
	ID              string          `json:"id"`
	Status          jobstore.Status `json:"status"`
	Progress        int             `json:"progress"`
	ProgressMessage string          `json:"progressMessage,omitzero"`
	Output          *Out            `json:"output,omitempty"` // the result when Status is Complete, and before that what there is of it, see [jobstore.Partial]
	Error           string          `json:"error,omitzero"`   // the text for readers, see [jobstore.Public]
	Canceled        bool            `json:"canceled,omitzero"`
	CreatedAt       time.Time       `json:"createdAt"`
	UpdatedAt       time.Time       `json:"updatedAt"`
	ExpiresAt       time.Time       `json:"expiresAt,omitzero"`
	Version         string          `json:"version"` // orders the views of a job as text, see [jobstore.Job.Version]
}

// ViewOf returns what a client sees of j.
func ViewOf[In, Out any](j *jobstore.Job[In, Out]) View[Out] {
	v := View[Out]{
		ID: j.ID, Status: j.Status, Progress: j.Progress, ProgressMessage: j.ProgressMessage, Error: j.Error,
		Canceled: j.Canceled, CreatedAt: inJSON(j.CreatedAt), UpdatedAt: inJSON(j.UpdatedAt), ExpiresAt: inJSON(j.ExpiresAt), Version: j.Version(),
	}
	if j.Status == jobstore.Complete || j.Status == jobstore.Processing && !reflect.ValueOf(&j.Output).Elem().IsZero() {
		v.Output = &j.Output
	}
	return v
}

// inJSON is zero for a time that JSON has no form for, such as the expiry of a record that
// another program wrote in milliseconds.
func inJSON(t time.Time) time.Time {
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}
	}
	return t
}

// fullView is a view with what the options add.
type fullView[In, Out any] struct {
	View[Out]
	Input    *In                   `json:"input,omitempty"`
	Metadata map[string]any        `json:"metadata,omitempty"`
	History  []jobstore.Transition `json:"history,omitempty"`
}

func fullViewOf[In, Out any](o Options, j *jobstore.Job[In, Out]) fullView[In, Out] {
	v := fullView[In, Out]{View: ViewOf(j)}
	if o.ShowInput {
		v.Input = &j.Input
	}
	if o.ShowMetadata {
		v.Metadata = j.Metadata
	}
	if o.ShowHistory {
		v.History = j.History
	}
	return v
}

// rendered is the view of a job as a client gets it.
type rendered struct {
	version string // changes with the view
	event   []byte // a server-sent event
	json    []byte // a part of it
}

const (
	eventStart = "retry: 2000\nid: "
	eventData  = "\ndata: "
	eventEnd   = "\n\n"
)

func render[In, Out any](o Options, j *jobstore.Job[In, Out]) (rendered, error) {
	return encode(fullViewOf(o, j))
}

// renderPart leaves out what may be large, or cannot be encoded.
func renderPart[In, Out any](j *jobstore.Job[In, Out]) (rendered, error) {
	v := ViewOf(j)
	v.Output = nil
	return encode(v)
}

var errView = errors.New("the view cannot be encoded")

func encode(view any) (r rendered, err error) {
	defer func() {
		if v := recover(); v != nil { // of a method of the user's
			err = fmt.Errorf("%w: panic with a value of type %T: %s", errView, v, debug.Stack())
		}
	}()
	data, err := json.Marshal(view)
	if err != nil {
		return r, fmt.Errorf("%w: %T", errView, err) // its text may have a part of an output
	}
	version := versionOf(data)
	event := slices.Concat([]byte(eventStart+version+eventData), data, []byte(eventEnd))
	return rendered{version, event, event[len(event)-len(eventEnd)-len(data) : len(event)-len(eventEnd)]}, nil
}

func (v *rendered) tag() string { return `"` + v.version + `"` }

// longestTags is how much of an If-None-Match is read, in bytes. It is read again at each
// change of a job, for each request that waits for one: a client has few views.
const longestTags = 1 << 10

// knownTo is true if the request says that its client has this view.
func (v *rendered) knownTo(r *http.Request) bool {
	tags := r.Header.Get("If-None-Match")
	if len(tags) > longestTags {
		return false
	}
	for tag := range strings.SplitSeq(tags, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == v.tag() {
			return true
		}
	}
	return false
}

// answer sends the view, or 304 to a client that has it.
func (v *rendered) answer(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("ETag", v.tag())
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && v.knownTo(r) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(v.json) // the client has gone
}

func versionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
