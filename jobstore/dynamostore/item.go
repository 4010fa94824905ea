package dynamostore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

const timeLayout = "2006-01-02T15:04:05.000Z"

// item is a record as DynamoDB has it.
type item map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func date(t time.Time) types.AttributeValue { return str(t.UTC().Format(timeLayout)) }

// str returns a string attribute, or "" when it is missing or something else.
func (it item) str(name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// num returns a whole number and whether it is there.
func (it item) num(name string) (int64, bool) {
	v, ok := it[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	return n, err == nil
}

func (it item) bool(name string) bool {
	v, ok := it[name].(*types.AttributeValueMemberBOOL)
	return ok && v.Value
}

func (it item) date(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, it.str(name))
	return t.UTC()
}

func (s *Store[In, Out]) key(id string) item {
	return item{s.opts.Attributes.ID: str(id)}
}

// state is what of an item decides whether a call is refused.
func (s *Store[In, Out]) state(it item) driver.State {
	a := s.opts.Attributes
	attempt, _ := it.num(a.Attempt)
	st := driver.State{
		Exists: len(it) > 0, Status: jobstore.Status(it.str(a.Status)), Attempt: int(attempt), MaxAttempts: s.opts.MaxAttempts,
		OnLeaseExpiry: cmp.Or(jobstore.LeaseExpiry(it.str(a.OnLeaseExpiry)), s.opts.OnLeaseExpiry),
		Token:         it.str(a.ClaimToken), Canceled: it.bool(a.Canceled), UpdatedAt: it.date(a.UpdatedAt),
	}
	if n, ok := it.num(a.Reports); ok {
		st.Reports = int(n)
	}
	if n, ok := it.num(a.MaxAttempts); ok {
		st.MaxAttempts = int(n)
	}
	if ms, ok := it.num(a.ClaimableFrom); ok {
		st.ClaimableFrom = time.UnixMilli(ms).UTC()
	}
	if sec, ok := it.num(a.ExpiresAt); ok {
		st.ExpiresAt = time.Unix(sec, 0).UTC()
	}
	return st
}

func (s *Store[In, Out]) newItem(input In, o jobstore.CreateOptions, token string) (item, error) {
	in, err := encode("input", input)
	if err != nil {
		return nil, err
	}
	a, now := s.opts.Attributes, s.opts.Now()
	it := item{
		a.ID: str(o.ID), a.Status: str(string(jobstore.Pending)), a.Input: in,
		a.Attempt: num(0), a.MaxAttempts: num(int64(o.MaxAttempts)), a.CreateToken: str(token),
		a.CreatedAt: date(now), a.UpdatedAt: date(now),
	}
	for name, v := range s.opts.Constants {
		it[name] = str(v)
	}
	if o.OnLeaseExpiry != "" {
		it[a.OnLeaseExpiry] = str(string(o.OnLeaseExpiry))
	}
	if s.opts.Index != "" {
		it[a.Shard], it[a.SweepAt] = str(openShard(o.ID)), num(now.Add(s.opts.PickUp).UnixMilli())
	}
	if s.opts.History {
		it[a.History] = list(transition(driver.NewTransition(now, jobstore.Pending, 0, "", "")))
	}
	if !o.ExpiresAt.IsZero() {
		it[a.ExpiresAt] = num(o.ExpiresAt.Unix())
	}
	if len(o.Metadata) > 0 {
		it[a.Metadata], err = encode("metadata", o.Metadata)
	}
	return it, err
}

// answer returns the job in it, with cause wrapped.
func (s *Store[In, Out]) answer(op, id string, it item, cause error) (*jobstore.Job[In, Out], error) {
	job, err := s.decode(it)
	if err = driver.Refusal(cause, err); err != nil {
		return job, s.fail(op, id, err)
	}
	return job, nil
}

func (s *Store[In, Out]) decode(it item) (*jobstore.Job[In, Out], error) {
	a, st := s.opts.Attributes, s.state(it)
	progress, _ := it.num(a.Progress)
	job := &jobstore.Job[In, Out]{
		ID: it.str(a.ID), Status: st.Status, Error: it.str(a.Error), ErrorDetail: it.str(a.ErrorDetail), Canceled: st.Canceled,
		Progress: int(progress), ProgressMessage: it.str(a.ProgressMessage),
		Attempt: st.Attempt, MaxAttempts: st.MaxAttempts, Owner: driver.Holder(st.Token),
		OnLeaseExpiry: jobstore.LeaseExpiry(it.str(a.OnLeaseExpiry)), Size: it.size(),
		CreatedAt: it.date(a.CreatedAt), UpdatedAt: st.UpdatedAt, ExpiresAt: st.ExpiresAt,
	}
	switch job.Status {
	case jobstore.Processing:
		job.LeaseUntil = st.LeaseEnd()
	case jobstore.Pending:
		job.ClaimableFrom = st.ClaimableFrom
	}
	job.History = transitions(it[a.History], job.Attempt)
	return job, s.decodeValues(it, job)
}

func (s *Store[In, Out]) decodeValues(it item, job *jobstore.Job[In, Out]) error {
	a := s.opts.Attributes
	if !job.Status.Valid() {
		return fmt.Errorf("%s is %q", a.Status, job.Status)
	}
	if err := decodeMetadata(it.value(a.Metadata), &job.Metadata); err != nil {
		return fmt.Errorf("%s: %w", a.Metadata, err)
	}
	if err := attributevalue.Unmarshal(it.value(a.Input), &job.Input); err != nil {
		return fmt.Errorf("%s: %w", a.Input, err)
	}
	if err := attributevalue.Unmarshal(it.value(a.Output), &job.Output); err != nil {
		return fmt.Errorf("%s: %w", a.Output, err)
	}
	return nil
}

// decodeMetadata reads a map, or the JSON of one, as AppSync's AWSJSON type is stored.
func decodeMetadata(v types.AttributeValue, m *map[string]any) error {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return json.Unmarshal([]byte(s.Value), m)
	}
	return attributevalue.Unmarshal(v, m)
}

// value returns an attribute, NULL when it is missing.
func (it item) value(name string) types.AttributeValue {
	if v, ok := it[name]; ok {
		return v
	}
	return &types.AttributeValueMemberNULL{Value: true}
}

func encode(field string, v any) (types.AttributeValue, error) {
	av, err := attributevalue.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not encode: %w", jobstore.ErrInvalid, field, err)
	}
	return av, nil
}
