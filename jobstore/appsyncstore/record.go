package appsyncstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/awsjson"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// timeLayout is an AWSDateTime.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
const timeLayout = "2006-01-02T15:04:05.000Z"

// record is a job as GraphQL has it: fields by name, some of them null.
type record map[string]json.RawMessage

// input are the fields of a mutation; nil removes one.
type input map[string]any

func date(t time.Time) string { return t.UTC().Format(timeLayout) }

// has is false of a field that is null or not selected.
func (r record) has(name string) bool { return len(r[name]) > 0 && string(r[name]) != "null" }

// str returns a string, or "" for null and other types.
func (r record) str(name string) string {
	var s string
	_ = json.Unmarshal(r[name], &s)
	return s
}

// num returns a whole number, and whether the field has one.
func (r record) num(name string) (int64, bool) {
	n, ok := r.float(name)
	return int64(n), ok
}

func (r record) float(name string) (float64, bool) {
	n, err := strconv.ParseFloat(string(r[name]), 64)
	return n, err == nil
}

func (r record) date(name string) time.Time { return driver.Date(r.str(name)) }

// state is what of a record decides whether a call is refused.
func (s *Store[In, Out]) state(r record) driver.State {
	f := s.opts.Fields
	attempt, _ := r.num(f.Attempt)
	st := driver.State{
		Exists: r != nil, Status: jobstore.Status(r.str(f.Status)), Attempt: int(attempt), MaxAttempts: s.opts.MaxAttempts,
		OnLeaseExpiry: cmp.Or(jobstore.LeaseExpiry(r.str(f.OnLeaseExpiry)), s.opts.OnLeaseExpiry),
		Token:         r.str(f.ClaimToken), CreatedAt: r.date(f.CreatedAt), UpdatedAt: r.date(f.UpdatedAt), Caller: r.str(f.Caller),
	}
	if virtual(f.Attempt) && !r.has(f.Attempt) && f.State == "" && st.Exists && st.Status != jobstore.Pending {
		st.Attempt = 1 // the only one
	}
	st.Canceled = string(r[f.Canceled]) == "true"
	if n, ok := r.num(f.Reports); ok {
		st.Reports = int(n)
	}
	if n, ok := r.num(f.MaxAttempts); ok {
		st.MaxAttempts = int(n)
	}
	if ms, ok := r.num(f.ClaimableFrom); ok {
		st.ClaimableFrom = time.UnixMilli(ms).UTC()
	}
	if sec, ok := r.num(f.ExpiresAt); ok {
		st.ExpiresAt = driver.Expiry(sec)
	}
	return st
}

// answer returns the job in r, with cause wrapped.
func (s *Store[In, Out]) answer(op, id string, r record, cause error) (*jobstore.Job[In, Out], error) {
	job, err := s.decode(r)
	if err = driver.Refusal(cause, err); err != nil {
		return job, s.fail(op, id, err)
	}
	return job, nil
}

// answered is answer for a request that ended with err. After a partial err the job
// exists and does not decode.
func (s *Store[In, Out]) answered(op, id string, r record, err error) (*jobstore.Job[In, Out], error) {
	if err != nil && !partial(err) {
		return nil, s.fail(op, id, err)
	}
	job, failed := s.answer(op, id, r, nil)
	if err != nil {
		failed = s.fail(op, id, fmt.Errorf("%w: %w", jobstore.ErrDecode, err))
	}
	return job, failed
}

func (s *Store[In, Out]) decode(r record) (*jobstore.Job[In, Out], error) {
	f, st := s.opts.Fields, s.state(r)
	progress, _ := r.num(f.Progress)
	job := &jobstore.Job[In, Out]{
		ID: r.str(f.ID), Status: st.Status, Error: r.str(f.Error), ErrorDetail: r.str(f.ErrorDetail),
		Progress: int(progress), ProgressMessage: r.str(f.ProgressMessage), Caller: r.str(f.Caller),
		Attempt: st.Attempt, MaxAttempts: st.MaxAttempts, Owner: driver.Holder(st.Token), Canceled: st.Canceled, Reports: st.Reports,
		OnLeaseExpiry: jobstore.LeaseExpiry(r.str(f.OnLeaseExpiry)), Size: s.opts.size(r),
		CreatedAt: r.date(f.CreatedAt), UpdatedAt: st.UpdatedAt, ExpiresAt: st.ExpiresAt,
	}
	switch job.Status {
	case jobstore.Processing:
		job.LeaseUntil, job.SweepAt = st.LeaseEnd(), st.LookAt(s.opts.PickUp)
	case jobstore.Pending:
		job.ClaimableFrom, job.SweepAt = st.ClaimableFrom, st.LookAt(s.opts.PickUp)
	}
	return job, s.decodeValues(r, job)
}

func (s *Store[In, Out]) decodeValues(r record, job *jobstore.Job[In, Out]) error {
	f := s.opts.Fields
	if !job.Status.Valid() {
		return s.noStatus()
	}
	if err := decode(r, f.Metadata, &job.Metadata); err != nil {
		return err
	}
	if err := decode(r, f.Input, &job.Input); err != nil {
		return err
	}
	return decode(r, f.Output, &job.Output)
}

// decode reads a field into v.
func decode[T any](r record, name string, v *T) error {
	if r.has(name) && !awsjson.Decode(r[name], v) {
		return fmt.Errorf("%s does not decode", name)
	}
	return nil
}

// encode returns v as a field takes it: scalars as they are, all else as the text of an
// AWSJSON.
func encode[T any](what string, v T) (any, error) {
	raw, err := value.EncodeJSON(what, v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	if awsjson.IsText[T]() || raw[0] == '{' || raw[0] == '[' {
		return string(raw), nil
	}
	return json.RawMessage(raw), nil
}

// newInput are the fields of a new job.
func (s *Store[In, Out]) newInput(ctx context.Context, in In, o jobstore.CreateOptions, token string) (input, error) {
	encoded, err := encode("input", in)
	if err != nil {
		return nil, err
	}
	f, at := s.opts.Fields, s.opts.Now()
	now := date(at)
	fields := input{
		f.ID: o.ID, f.Status: jobstore.Pending, f.Input: encoded, f.Attempt: 0, f.MaxAttempts: o.MaxAttempts,
		f.CreateToken: token, f.CreatedAt: now, f.UpdatedAt: now,
	}
	if o.StartAt.After(at) {
		fields[f.ClaimableFrom] = o.StartAt.UnixMilli()
	}
	if err := s.keeps(o, at); err != nil {
		return nil, err
	}
	if o.Caller != "" {
		fields[f.Caller] = o.Caller
	}
	if o.OnLeaseExpiry != "" {
		fields[f.OnLeaseExpiry] = o.OnLeaseExpiry
	}
	if !o.ExpiresAt.IsZero() {
		fields[f.ExpiresAt] = o.ExpiresAt.Unix()
	}
	if len(o.Metadata) > 0 {
		if fields[f.Metadata], err = encode("metadata", o.Metadata); err != nil {
			return nil, err
		}
	}
	extra, err := s.extra(ctx)
	if err != nil {
		return nil, err
	}
	maps.Copy(fields, extra)
	beside := valueSize(fields[f.Metadata])
	for name, v := range extra {
		beside += len(name) + valueSize(v)
	}
	return fields, driver.FitsInput(len(o.ID), len(o.Caller), valueSize(fields[f.Input]), beside, min(jobstore.MaxInputBytes, s.opts.MaxEventBytes-slack))
}

// keeps refuses what the model has no field for.
func (s *Store[In, Out]) keeps(o jobstore.CreateOptions, now time.Time) error {
	f := s.opts.Fields
	if f.State != "" {
		return nil
	}
	for _, given := range []struct {
		set         bool
		field, what string
		name        string
	}{
		{o.Caller != "", f.Caller, "a caller", "Caller"},
		{len(o.Metadata) > 0, f.Metadata, "metadata", "Metadata"},
		{o.MaxAttempts != s.opts.MaxAttempts, f.MaxAttempts, "attempts of its own", "MaxAttempts"},
		{o.OnLeaseExpiry != "" && o.OnLeaseExpiry != s.opts.OnLeaseExpiry, f.OnLeaseExpiry, "a choice of its own for the end of a lease", "OnLeaseExpiry"},
		{o.StartAt.After(now), f.ClaimableFrom, "a start in the future", "ClaimableFrom"},
		{!o.ExpiresAt.IsZero(), f.ExpiresAt, "an expiry", "ExpiresAt"},
	} {
		if given.set && virtual(given.field) {
			return fmt.Errorf("%w: the job has %s, and neither Options.Fields.%s nor State is set", jobstore.ErrInvalid, given.what, given.name)
		}
	}
	return nil
}

// over returns r after i was written over it.
func (r record) over(i input) record {
	all := make(record, len(r)+len(i))
	maps.Copy(all, r)
	for name, v := range i {
		all[name], _ = json.Marshal(v) // made of strings, numbers and what was encoded before
	}
	return all
}
