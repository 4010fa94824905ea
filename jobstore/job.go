package jobstore

import "time"

// MaxIDBytes is the longest job ID: the limit of a DynamoDB partition key.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MaxIDBytes = 2048

// MaxMessageBytes is the longest progress message, and the most that [Run] stores
// of a failed attempt's error: a record is no place for a log.
const MaxMessageBytes = 4096

// Job is a snapshot of a job's record. Changing it changes nothing stored. By its
// dynamodbav tags an image of a stream in the default table layout decodes into it,
// but for what is the worker's and for the history.
type Job[In, Out any] struct {
	ID              string         `json:"id" dynamodbav:"id"`
	Status          Status         `json:"status" dynamodbav:"status"`
	Input           In             `json:"input" dynamodbav:"input"`
	Output          Out            `json:"output,omitzero" dynamodbav:"output"`                        // set when Status is Complete
	Error           string         `json:"error,omitempty" dynamodbav:"error"`                         // why the last attempt failed
	Progress        int            `json:"progress" dynamodbav:"progress"`                             // percent, 0 to 100
	ProgressMessage string         `json:"progressMessage,omitzero" dynamodbav:"progressMessage"`      // what the worker is doing
	Metadata        map[string]any `json:"metadata,omitempty" dynamodbav:"metadata" streamproc:"json"` // the creator's own; JSON types
	Attempt         int            `json:"attempt" dynamodbav:"attempt"`                               // claims so far
	MaxAttempts     int            `json:"maxAttempts" dynamodbav:"maxAttempts"`                       // claims allowed
	OnLeaseExpiry   LeaseExpiry    `json:"onLeaseExpiry,omitempty" dynamodbav:"onLeaseExpiry"`         // what the creator asked for; empty for the store's default
	Owner           string         `json:"-" dynamodbav:"-"`                                           // token of the claim; a secret of the worker
	LeaseUntil      time.Time      `json:"-" dynamodbav:"-"`                                           // end of the claim; zero when there is none
	CreatedAt       time.Time      `json:"createdAt" dynamodbav:"createdAt"`
	UpdatedAt       time.Time      `json:"updatedAt" dynamodbav:"updatedAt"`
	ExpiresAt       time.Time      `json:"expiresAt,omitzero" dynamodbav:"expiresAt"` // when the record may be deleted; zero is never
	History         []Transition   `json:"history,omitempty" dynamodbav:"-"`          // oldest first, where the store keeps it
	Size            int            `json:"-" dynamodbav:"-"`                          // of the record, in bytes as the store counts; 0 where it has no limit
}

// Claim returns what fences the writes of the worker that holds j.
func (j *Job[In, Out]) Claim() Claim {
	return Claim{ID: j.ID, Attempt: j.Attempt, Owner: j.Owner, Size: j.Size}
}

// Claim names one successful claim of one job.
type Claim struct {
	ID      string
	Attempt int
	Owner   string
	Size    int // of the record when it was claimed, by which a store knows what an outcome may add
}

// Lease is what a worker asks for when it claims a job.
type Lease struct {
	Owner string    // a token made for this claim alone, see [NewID]
	Until time.Time // from then on somebody else may claim the job
}

// Progress is how far a worker has come.
type Progress struct {
	Percent int    // 0 to 100
	Message string // for people; may be empty
}

// Outcome is how an attempt ended.
type Outcome[Out any] struct {
	Status   Status    // Complete, Failed, or Pending to have it tried again
	Output   Out       // stored when Status is Complete
	Error    string    // stored when it is not
	Progress *Progress // a last report that was not written yet; nil leaves what is stored
}
