package appsyncstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// timeLayout is an AWSDateTime.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
const timeLayout = "2006-01-02T15:04:05.000Z"

// unleased is how long a processing record without a lease, as a handler that
// knows none writes it, counts as somebody's: the longest Lambda invocation.
const unleased = 15 * time.Minute

// record is a job as GraphQL has it: fields by name, some of them null.
type record map[string]json.RawMessage

// input are the fields of a mutation; nil removes one.
type input map[string]any

func date(t time.Time) string { return t.UTC().Format(timeLayout) }

// has is false of a field that is null or was not selected.
func (r record) has(name string) bool { return len(r[name]) > 0 && string(r[name]) != "null" }

// str returns a string, or "" for null and what is none.
func (r record) str(name string) string {
	var s string
	_ = json.Unmarshal(r[name], &s)
	return s
}

// num returns a whole number, and whether it is there.
func (r record) num(name string) (int64, bool) {
	n, err := strconv.ParseFloat(string(r[name]), 64)
	return int64(n), err == nil
}

func (r record) date(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, r.str(name))
	return t.UTC()
}

// live is false of no record, and of one that its TTL has ended.
func (s *Store[In, Out]) live(r record) bool {
	end, ok := r.num(s.opts.Fields.ExpiresAt)
	return r != nil && (!ok || end > s.opts.Now().Unix())
}

func (s *Store[In, Out]) status(r record) jobstore.Status {
	return jobstore.Status(r.str(s.opts.Fields.Status))
}

func (s *Store[In, Out]) attempt(r record) int {
	n, _ := r.num(s.opts.Fields.Attempt)
	return int(n)
}

func (s *Store[In, Out]) maxAttempts(r record) int {
	if n, ok := r.num(s.opts.Fields.MaxAttempts); ok {
		return int(n)
	}
	return s.opts.MaxAttempts
}

// leaseEnd is when a processing record's claim ends.
func (s *Store[In, Out]) leaseEnd(r record) time.Time {
	if ms, ok := r.num(s.opts.Fields.LeaseUntil); ok {
		return time.UnixMilli(ms).UTC()
	}
	return r.date(s.opts.Fields.UpdatedAt).Add(unleased)
}

// answer returns the job in r, with cause wrapped.
func (s *Store[In, Out]) answer(op, id string, r record, cause error) (*jobstore.Job[In, Out], error) {
	job, err := s.decode(r)
	if err != nil {
		return job, s.fail(op, id, fmt.Errorf("%w: %w", jobstore.ErrDecode, err))
	}
	if cause != nil {
		return job, s.fail(op, id, cause)
	}
	return job, nil
}

func (s *Store[In, Out]) decode(r record) (*jobstore.Job[In, Out], error) {
	f := s.opts.Fields
	progress, _ := r.num(f.Progress)
	job := &jobstore.Job[In, Out]{
		ID: r.str(f.ID), Status: s.status(r), Error: r.str(f.Error),
		Progress: int(progress), ProgressMessage: r.str(f.ProgressMessage),
		Attempt: s.attempt(r), MaxAttempts: s.maxAttempts(r), Owner: r.str(f.Owner),
		OnLeaseExpiry: jobstore.LeaseExpiry(r.str(f.OnLeaseExpiry)), Size: r.size(),
		CreatedAt: r.date(f.CreatedAt), UpdatedAt: r.date(f.UpdatedAt),
	}
	if job.Status == jobstore.Processing {
		job.LeaseUntil = s.leaseEnd(r)
	}
	if sec, ok := r.num(f.ExpiresAt); ok {
		job.ExpiresAt = time.Unix(sec, 0).UTC()
	}
	return job, s.decodeValues(r, job)
}

func (s *Store[In, Out]) decodeValues(r record, job *jobstore.Job[In, Out]) error {
	f := s.opts.Fields
	if !job.Status.Valid() {
		return fmt.Errorf("%s is %q", f.Status, job.Status)
	}
	if err := decode(r, f.Metadata, &job.Metadata); err != nil {
		return err
	}
	if err := decode(r, f.Input, &job.Input); err != nil {
		return err
	}
	return decode(r, f.Output, &job.Output)
}

// decode reads a field into v. A string that is wanted as something else is an
// AWSJSON, whose text is JSON.
func decode[T any](r record, name string, v *T) error {
	if !r.has(name) {
		return nil
	}
	err := json.Unmarshal(r[name], v)
	if err != nil && r[name][0] == '"' {
		err = json.Unmarshal([]byte(r.str(name)), v)
	}
	return decodeError(name, err)
}

func decodeError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s does not decode", name) // err may hold a part of it
}

// encode returns what a field takes of v: scalars as they are, and objects and
// arrays as the text that an AWSJSON wants.
func encode(what string, v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not encode: %w", jobstore.ErrInvalid, what, err)
	}
	if raw = bytes.TrimSpace(raw); raw[0] == '{' || raw[0] == '[' {
		return string(raw), nil
	}
	return json.RawMessage(raw), nil
}

// newInput are the fields of a new job.
func (s *Store[In, Out]) newInput(in In, o jobstore.CreateOptions, token string) (input, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	encoded, err := encode("input", in)
	if err != nil {
		return nil, err
	}
	f, now := s.opts.Fields, date(s.opts.Now())
	if o.MaxAttempts == 0 {
		o.MaxAttempts = s.opts.MaxAttempts
	}
	fields := input{
		f.ID: o.ID, f.Status: jobstore.Pending, f.Input: encoded, f.Attempt: 0, f.MaxAttempts: o.MaxAttempts,
		f.Creator: token, f.CreatedAt: now, f.UpdatedAt: now,
	}
	if o.OnLeaseExpiry != "" {
		fields[f.OnLeaseExpiry] = o.OnLeaseExpiry
	}
	if !o.ExpiresAt.IsZero() {
		fields[f.ExpiresAt] = o.ExpiresAt.Unix()
	}
	if len(o.Metadata) > 0 {
		fields[f.Metadata], err = encode("metadata", o.Metadata)
	}
	return fields, err
}

// with returns r with another string in a field that the mutation did not select.
func (r record) with(name, value string) record {
	raw, _ := json.Marshal(value) // a string has JSON
	r = maps.Clone(r)
	r[name] = raw
	return r
}
