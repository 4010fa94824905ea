package jobstore

import "time"

// MaxIDBytes is the longest job ID and the longest caller: the limit of a DynamoDB
// partition key.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MaxIDBytes = 2048

// MaxMessageBytes is the longest progress message, and how much [Run] stores of a
// failed attempt's error.
const MaxMessageBytes = 4096

// MaxInputBytes is the most that a job's input, metadata, caller and ID may take together,
// in bytes as the store counts. The 40 KB up to the limit of a DynamoDB item are kept
// for what is written later: tokens, progress, errors and a history. An output gets
// what its input has left of all 400 KB.
const MaxInputBytes = 360 << 10

// Job is a copy of a job's record. Changing it does not change the record. Its
// dynamodbav tags decode a stream image in dynamostore's default table layout, without
// the worker's fields and the history.
type Job[In, Out any] struct {
	ID              string         `json:"id" dynamodbav:"id"`
	Status          Status         `json:"status" dynamodbav:"status"`
	Input           In             `json:"input" dynamodbav:"input"`
	Output          Out            `json:"output,omitzero" dynamodbav:"output"`                        // the result when Status is Complete; while it is Processing, what [Partial] has stored
	Error           string         `json:"error,omitempty" dynamodbav:"error"`                         // why the last attempt failed, for readers; see [Public]
	ErrorDetail     string         `json:"-" dynamodbav:"-"`                                           // the same for operators, in full
	Canceled        bool           `json:"canceled,omitempty" dynamodbav:"canceled"`                   // Status is Failed because of a [Canceler]
	Progress        int            `json:"progress" dynamodbav:"progress"`                             // percent, 0 to 100
	ProgressMessage string         `json:"progressMessage,omitzero" dynamodbav:"progressMessage"`      // what the worker is doing
	Metadata        map[string]any `json:"metadata,omitempty" dynamodbav:"metadata" streamproc:"json"` // the creator's; JSON types
	Caller          string         `json:"caller,omitempty" dynamodbav:"caller"`                       // who created the job, see [CreateOptions]
	Attempt         int            `json:"attempt" dynamodbav:"attempt"`                               // claims so far
	MaxAttempts     int            `json:"maxAttempts" dynamodbav:"maxAttempts"`                       // claims allowed
	Uncounted       int            `json:"-" dynamodbav:"-"`                                           // claims that did not count, see [Snooze]; MaxAttempts was raised by as many
	OnLeaseExpiry   LeaseExpiry    `json:"onLeaseExpiry,omitempty" dynamodbav:"onLeaseExpiry"`         // what the creator asked for; empty for the store's default
	Owner           string         `json:"-" dynamodbav:"-"`                                           // token of the claim; the worker's secret, which printing a job does not show
	LeaseUntil      time.Time      `json:"-" dynamodbav:"-"`                                           // end of the claim; zero without one
	ClaimableFrom   time.Time      `json:"-" dynamodbav:"-"`                                           // of a pending job: no claim succeeds before; zero is at once
	Reports         int            `json:"-" dynamodbav:"-"`                                           // Seq of the latest heartbeat of the claim; 0 without a claim
	SweepAt         time.Time      `json:"-" dynamodbav:"-"`                                           // when a sweep looks at an unfinished job; it starts the job if it is due and not claimed
	HandOvers       int            `json:"-" dynamodbav:"-"`                                           // how often a sweep has started it since its latest claim
	HandedOverAt    time.Time      `json:"-" dynamodbav:"-"`                                           // when a sweep has last started it, before that claim or since; zero if none did
	CreatedAt       time.Time      `json:"createdAt" dynamodbav:"createdAt"`
	UpdatedAt       time.Time      `json:"updatedAt" dynamodbav:"updatedAt"`
	ExpiresAt       time.Time      `json:"expiresAt,omitzero" dynamodbav:"expiresAt"` // when the record may be deleted; zero is never
	History         []Transition   `json:"history,omitempty" dynamodbav:"-"`          // oldest first, if the store keeps it
	Size            int            `json:"-" dynamodbav:"-"`                          // of the record in bytes, as the store counts; 0 without a limit
}

// Claim returns the claim that j was returned for. It fences the worker's writes.
func (j *Job[In, Out]) Claim() Claim {
	return Claim{ID: j.ID, Attempt: j.Attempt, Owner: j.Owner, At: j.UpdatedAt, Size: j.Size, History: j.History}
}

// Claim names one successful claim of one job.
type Claim struct {
	ID      string
	Attempt int
	Owner   string       `json:"-"` // the worker's secret
	At      time.Time    // when the claim was made, by the store's clock then
	Size    int          // of the record when it was claimed; bounds what the outcome may add
	History []Transition // when the job was claimed, so that a store can bound it
}

// Lease is what a worker asks for when it claims a job.
type Lease struct {
	Owner string    `json:"-"` // a token made for this claim alone, see [NewID]
	Until time.Time // when another worker may claim the job
}

// Progress is how far a worker has come.
type Progress struct {
	Percent int    // 0 to 100
	Message string // for people; may be empty
}

// Heartbeat is what a worker writes while it holds a claim: progress, the output so far,
// a longer lease, or several of them.
type Heartbeat struct {
	// Seq numbers the heartbeats of a claim: 1, 2 and so on. A store that has this
	// or a higher number changes nothing, so a copy that arrives late moves neither
	// progress nor lease back.
	Seq int

	Progress   *Progress // nil keeps what is stored
	LeaseUntil time.Time // zero keeps what is stored

	// Partial is the output so far, of the store's type Out; nil keeps what is stored. It
	// replaces the Output of the record. Whatever ends the attempt removes it, and so does
	// the claim that begins another.
	Partial any
}

// Outcome is how an attempt ended.
type Outcome[Out any] struct {
	Status   Status    // Complete, Failed, or Pending for another attempt
	Output   Out       // stored when Status is Complete
	Error    string    // for readers; stored when Status is not Complete, empty removes it
	Detail   string    // the same for operators, in full
	Progress *Progress // a last report that was not written yet; nil keeps what is stored

	// ClaimableFrom is when the job is due again. No claim succeeds earlier, and a sweep
	// starts the job then. Zero is at once, for a trigger that comes back: a sweep starts
	// the job only when it does not. It has no effect unless Status is Pending.
	ClaimableFrom time.Time

	// Uncounted is true of an attempt that ends as Pending and does not count. The
	// store raises the job's MaxAttempts by one. It has no effect with another Status.
	Uncounted bool
}
