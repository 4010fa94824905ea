package dynamostore

import (
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

// answer returns the job in it, with cause wrapped.
func (s *Store[In, Out]) answer(op, id string, it item, cause error) (*jobstore.Job[In, Out], error) {
	job, err := s.decode(it)
	if err = driver.Refusal(cause, err); err != nil {
		return job, s.fail(op, id, err)
	}
	return job, nil
}

func (s *Store[In, Out]) decode(it item) (*jobstore.Job[In, Out], error) {
	a, f := s.opts.Attributes, s.read(it)
	job := &jobstore.Job[In, Out]{
		ID: it.str(a.ID), Status: f.Status, Error: f.err, ErrorDetail: f.errorDetail, Canceled: f.Canceled,
		Progress: f.progress, ProgressMessage: f.progressMessage, Caller: f.Caller, Attempt: f.Attempt, MaxAttempts: f.MaxAttempts, Uncounted: f.Uncounted,
		OnLeaseExpiry: f.onLeaseExpiry, Owner: driver.Holder(f.Token), Size: attr.ItemSize(it), Reports: f.Reports, HandOvers: f.HandOvers, HandedOverAt: f.HandedOverAt,
		CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, ExpiresAt: f.ExpiresAt,
		History: transitions(it[a.History], f.Attempt),
	}
	switch job.Status {
	case jobstore.Processing:
		job.LeaseUntil, job.SweepAt = f.LeaseEnd(), f.LookAt(s.opts.PickUp)
	case jobstore.Pending:
		job.ClaimableFrom, job.SweepAt = f.ClaimableFrom, f.LookAt(s.opts.PickUp)
	}
	if f.Malformed != nil {
		return job, f.Malformed
	}
	return job, s.decodeValues(it, job)
}

func (s *Store[In, Out]) decodeValues(it item, job *jobstore.Job[In, Out]) (err error) {
	a := s.opts.Attributes
	if job.Metadata, err = attr.Metadata(a.Metadata, it[a.Metadata]); err != nil {
		return err
	}
	if err := attr.Decode(a.Input, it[a.Input], &job.Input); err != nil {
		return err
	}
	return attr.Decode(a.Output, it[a.Output], &job.Output)
}
