package dynamostore

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
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
		Progress: f.progress, ProgressMessage: f.progressMessage, Attempt: f.Attempt, MaxAttempts: f.MaxAttempts,
		OnLeaseExpiry: f.onLeaseExpiry, Owner: driver.Holder(f.Token), Size: it.size(),
		CreatedAt: f.createdAt, UpdatedAt: f.UpdatedAt, ExpiresAt: f.ExpiresAt,
		History: transitions(it[a.History], f.Attempt),
	}
	switch job.Status {
	case jobstore.Processing:
		job.LeaseUntil = f.LeaseEnd()
	case jobstore.Pending:
		job.ClaimableFrom = f.ClaimableFrom
	}
	if f.Malformed != nil {
		return job, f.Malformed
	}
	return job, s.decodeValues(it, job)
}

func (s *Store[In, Out]) decodeValues(it item, job *jobstore.Job[In, Out]) error {
	a := s.opts.Attributes
	if err := decodeMetadata(it.value(a.Metadata), &job.Metadata); err != nil {
		return fmt.Errorf("%s: %w", a.Metadata, err)
	}
	if err := attributevalue.Unmarshal(it.value(a.Input), &job.Input); err != nil {
		return fmt.Errorf("%s: %w", a.Input, errors.New("does not decode"))
	}
	if err := attributevalue.Unmarshal(it.value(a.Output), &job.Output); err != nil {
		return fmt.Errorf("%s: %w", a.Output, errors.New("does not decode"))
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

func encode(field string, v any) (types.AttributeValue, error) {
	av, err := attributevalue.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not encode: %w", jobstore.ErrInvalid, field, err)
	}
	return av, nil
}
