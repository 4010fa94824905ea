package jobhttp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// View is what a client sees of a job: not its input, metadata, caller or history.
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
		Canceled: j.Canceled, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, ExpiresAt: j.ExpiresAt, Version: j.Version(),
	}
	if j.Status == jobstore.Complete || j.Status == jobstore.Processing && !reflect.ValueOf(&j.Output).Elem().IsZero() {
		v.Output = &j.Output
	}
	return v
}

// render returns the view of a job as JSON, and a version that changes with it.
func render[In, Out any](j *jobstore.Job[In, Out]) (data []byte, version string, err error) {
	data, err = json.Marshal(ViewOf(j))
	return data, versionOf(data), err
}

func versionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
