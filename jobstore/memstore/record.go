package memstore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// record is one stored version of a job. It is never changed: a write replaces it, and
// the change feed keeps the old one.
type record struct {
	id              string
	status          jobstore.Status
	input           json.RawMessage
	output          json.RawMessage
	err             string
	detail          string // the same for operators
	progress        int
	progressMessage string
	metadata        json.RawMessage
	caller          string
	attempt         int
	maxAttempts     int
	uncounted       int
	onLeaseExpiry   jobstore.LeaseExpiry
	token           string
	isCanceled      bool
	reports         int
	claimableFrom   int64 // milliseconds since 1970, like all times here; 0 is none
	sweepAt         int64
	handOvers       int
	handedOverAt    int64
	createdAt       int64
	updatedAt       int64
	expiresAt       int64 // whole seconds
	history         []jobstore.Transition
}

func (s *Store[In, Out]) newRecord(input In, o jobstore.CreateOptions) (*record, error) {
	in, err := encode("input", input)
	if err != nil {
		return nil, err
	}
	r := &record{id: o.ID, status: jobstore.Pending, input: in, caller: o.Caller, maxAttempts: o.MaxAttempts, onLeaseExpiry: o.OnLeaseExpiry}
	if len(o.Metadata) > 0 {
		if r.metadata, err = encode("metadata", o.Metadata); err != nil {
			return nil, err
		}
	}
	now := s.opts.Now()
	r.createdAt, r.updatedAt = now.UnixMilli(), now.UnixMilli()
	r.due(driver.Created(o.StartAt, now, s.opts.PickUp))
	if !o.ExpiresAt.IsZero() {
		r.expiresAt = o.ExpiresAt.Unix() * 1000
	}
	return r, nil
}

// due says when r may be claimed, and when a sweep looks at it.
func (r *record) due(d driver.Due) {
	r.claimableFrom, r.sweepAt = 0, d.SweepAt.UnixMilli()
	if !d.ClaimableFrom.IsZero() {
		r.claimableFrom = d.ClaimableFrom.UnixMilli()
	}
}

// lease has a claim hold r until then.
func (r *record) lease(until time.Time) { r.due(driver.Due{ClaimableFrom: until, SweepAt: until}) }

func date(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// size is what [Options.MaxBytes] bounds.
func (r *record) size() int {
	return len(r.id) + len(r.caller) + len(r.input) + len(r.output) + len(r.metadata)
}

// state is what of r decides whether a call is refused. r may be nil.
func (s *Store[In, Out]) state(r *record) driver.State {
	if r == nil {
		return driver.State{}
	}
	return driver.State{
		Exists: true, Status: r.status, Attempt: r.attempt, MaxAttempts: r.maxAttempts,
		OnLeaseExpiry: cmp.Or(r.onLeaseExpiry, s.opts.OnLeaseExpiry), Token: r.token,
		Canceled: r.isCanceled, Reports: r.reports, ClaimableFrom: date(r.claimableFrom), SweepAt: date(r.sweepAt), HandOvers: r.handOvers,
		HandedOverAt: date(r.handedOverAt), Uncounted: r.uncounted, CreatedAt: date(r.createdAt), Caller: r.caller, UpdatedAt: date(r.updatedAt), ExpiresAt: date(r.expiresAt),
	}
}

func (r record) claimed(lease jobstore.Lease, now time.Time) *record {
	r.status = jobstore.Processing
	r.attempt++
	r.token, r.reports, r.handOvers, r.output = lease.Owner, 0, 0, nil
	r.lease(lease.Until)
	r.touch(now)
	return &r
}

// reported is r after h. output is the output so far, nil keeps what is stored.
func (r record) reported(h jobstore.Heartbeat, output json.RawMessage, now time.Time) *record {
	r.reports = h.Seq
	if output != nil {
		r.output = output
	}
	r.advance(h.Progress)
	if !h.LeaseUntil.IsZero() {
		r.lease(h.LeaseUntil)
	}
	r.touch(now)
	return &r
}

// settled is r with the outcome o of the claim c. output is o's, encoded.
func (s *Store[In, Out]) settled(r record, c jobstore.Claim, o jobstore.Outcome[Out], output json.RawMessage, now time.Time) *record {
	r.advance(o.Progress)
	r.output = output
	if o.Uncounted && o.Status == jobstore.Pending {
		r.maxAttempts++
		r.uncounted++
	}
	if o.Status == jobstore.Complete {
		o.Error, o.Detail = "", ""
	}
	next := r.ended(o.Status, driver.Settled(r.token), o.Error, now)
	next.detail = o.Detail
	if o.Status == jobstore.Pending {
		next.due(driver.Returned(c, o.ClaimableFrom, now, s.opts.PickUp))
	}
	return next
}

// ended is r in a state that no worker holds.
func (r record) ended(status jobstore.Status, token, reason string, now time.Time) *record {
	r.status, r.token, r.err, r.detail = status, token, reason, ""
	r.claimableFrom, r.sweepAt, r.reports = 0, 0, 0
	if status == jobstore.Failed {
		r.sweepAt = now.UnixMilli()
	}
	if status != jobstore.Complete {
		r.output = nil
	}
	r.touch(now)
	return &r
}

// rearmed is r after a hand-over by a sweep now. It is not an update of the job.
func (r record) rearmed(found jobstore.Stuck, at, now time.Time) *record {
	r.sweepAt, r.handOvers, r.handedOverAt = at.UnixMilli(), found.HandOvers+1, now.UnixMilli()
	return &r
}

// reopened is r, pending again after it has failed.
func (r record) reopened(o driver.Reopening, now time.Time) *record {
	r.status, r.token, r.reports, r.handOvers = jobstore.Pending, driver.Reopened(), 0, 0
	r.maxAttempts, r.uncounted = o.MaxAttempts, o.Uncounted
	if !o.ExpiresAt.IsZero() {
		r.expiresAt = o.ExpiresAt.Unix() * 1000
	}
	r.due(o.Due)
	r.touch(now)
	return &r
}

// canceled takes r from its worker.
func (r record) canceled(reason string, now time.Time) *record {
	r.isCanceled = true
	return r.ended(jobstore.Failed, driver.Canceled(), reason, now)
}

// transition is how r came to its status.
func (r *record) transition() jobstore.Transition {
	reason := r.err
	switch { // what is stored is the last attempt's
	case r.status == jobstore.Processing:
		reason = ""
	case r.status == jobstore.Pending && r.attempt > 0 && driver.Holder(r.token) == "":
		reason = driver.ReopenedReason
	}
	return driver.NewTransition(date(r.updatedAt), r.status, r.attempt, driver.Holder(r.token), reason)
}

func (r *record) advance(p *jobstore.Progress) {
	if p != nil {
		r.progress, r.progressMessage = p.Percent, p.Message
	}
}

func (r *record) touch(now time.Time) {
	r.updatedAt = now.UnixMilli()
}

// answer returns the job that r holds, with cause wrapped.
func answer[In, Out any](op string, r *record, cause error) (*jobstore.Job[In, Out], error) {
	job, err := decode[In, Out](r)
	if err = driver.Refusal(cause, err); err != nil {
		return job, fail(op, r.id, err)
	}
	return job, nil
}

func decode[In, Out any](r *record) (*jobstore.Job[In, Out], error) {
	job := &jobstore.Job[In, Out]{
		ID: r.id, Status: r.status, Error: r.err, ErrorDetail: r.detail,
		Progress: r.progress, ProgressMessage: r.progressMessage, Caller: r.caller,
		Attempt: r.attempt, MaxAttempts: r.maxAttempts, Uncounted: r.uncounted, OnLeaseExpiry: r.onLeaseExpiry,
		History: slices.Clone(r.history), Size: r.size(),
		Owner: driver.Holder(r.token), Canceled: r.isCanceled, Reports: r.reports, HandOvers: r.handOvers, HandedOverAt: date(r.handedOverAt),
		CreatedAt: date(r.createdAt), UpdatedAt: date(r.updatedAt), ExpiresAt: date(r.expiresAt),
	}
	switch r.status {
	case jobstore.Processing:
		job.LeaseUntil, job.SweepAt = date(r.claimableFrom), date(r.sweepAt)
	case jobstore.Pending:
		job.ClaimableFrom, job.SweepAt = date(r.claimableFrom), date(r.sweepAt)
	}
	if err := decodeValue("input", r.input, &job.Input); err != nil {
		return job, err
	}
	if err := decodeValue("metadata", r.metadata, &job.Metadata); err != nil {
		return job, err
	}
	return job, decodeValue("output", r.output, &job.Output)
}

func decodeValue[T any](field string, data json.RawMessage, v *T) error {
	if data == nil {
		return nil
	}
	return value.DecodeJSON(field, data, v)
}

func encode[T any](field string, v T) (json.RawMessage, error) {
	data, err := value.EncodeJSON(field, v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	return data, nil
}

func encodeOutput[Out any](o jobstore.Outcome[Out]) (json.RawMessage, error) {
	if o.Status != jobstore.Complete {
		return nil, nil
	}
	return encode("output", o.Output)
}

func encodePartial[Out any](h jobstore.Heartbeat) (json.RawMessage, error) {
	out, err := driver.Partial[Out](h)
	if out == nil {
		return nil, err
	}
	return encode("partial", *out)
}
