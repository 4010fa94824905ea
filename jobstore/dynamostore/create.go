package dynamostore

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

// Create implements [jobstore.JobStore]. The record's createToken is a token of this
// call. A repeated PutItem recognizes its own earlier try by it.
func (s *Store[In, Out]) Create(ctx context.Context, input In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o, err := driver.CreateOptions(opts, s.opts.MaxAttempts, s.opts.Retention, s.opts.Now())
	if err = s.checkKey(o.ID, err); err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	if o.Redelivered {
		if it, err := s.find(ctx, o.ID); err == nil && s.state(it).Live(s.opts.Now()) {
			return s.answer("create", o.ID, it, jobstore.ErrExists)
		}
	}
	token := jobstore.NewID()
	it, err := s.newItem(input, o, token)
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	for range tries {
		err := s.put(ctx, o.ID, it)
		old, refused := met(err)
		switch {
		case err == nil:
			return s.answer("create", o.ID, it, nil)
		case !refused:
			return nil, s.fail("create", o.ID, err)
		}
		if job, err, done := s.existing(old, o.ID, token); done {
			return job, err
		}
		if err := s.remove(ctx, o.ID, old); err != nil {
			return nil, s.fail("create", o.ID, err)
		}
	}
	return nil, s.fail("create", o.ID, errRaces)
}

// existing is the answer to a create that old has refused; done is false when old is
// to be removed first.
func (s *Store[In, Out]) existing(old item, id, token string) (job *jobstore.Job[In, Out], err error, done bool) {
	f := s.read(old)
	switch {
	case !f.Exists:
		m := s.opts.Marker
		return nil, s.fail("create", id, fmt.Errorf("%w: id is taken by an item of another kind: its %s is not %q", jobstore.ErrInvalid, m.Name, m.Value)), true
	case f.createToken == token:
		job, err = s.answer("create", id, old, nil)
	case f.Malformed == nil && !f.Live(s.opts.Now()):
		return nil, nil, false
	default:
		job, err = s.answer("create", id, old, jobstore.ErrExists)
	}
	return job, err, true
}

func (s *Store[In, Out]) put(ctx context.Context, id string, it item) error {
	_, err := call(ctx, s.opts.Timeout, s.client.PutItem, &dynamodb.PutItemInput{
		TableName: &s.table, Item: it,
		ConditionExpression:                 new("attribute_not_exists(#id)"),
		ExpressionAttributeNames:            map[string]string{"#id": s.opts.Attributes.ID},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if invalid(err) {
		return s.explain(ctx, id, 0, err)
	}
	return err
}

// remove deletes a record that has expired, as DynamoDB does in the end, so that the
// table's stream shows its successor as an insertion. Another's create may have done so
// in the meantime.
func (s *Store[In, Out]) remove(ctx context.Context, id string, old item) error {
	u := s.newUpdate()
	for _, key := range []string{"createToken", "createdAt", "expiresAt"} {
		s.same(u, old, key)
	}
	condition := strings.Join(u.conditions, " AND ")
	names, values := s.used(condition, u.values)
	_, err := call(ctx, s.opts.Timeout, s.client.DeleteItem, &dynamodb.DeleteItemInput{
		TableName: &s.table, Key: s.key(id),
		ConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	if _, refused := met(err); refused {
		return nil
	}
	return err
}

func (s *Store[In, Out]) newItem(input In, o jobstore.CreateOptions, token string) (item, error) {
	in, err := attr.Encode("input", input)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	a, now := s.opts.Attributes, s.opts.Now()
	it := s.key(o.ID)
	it[a.Status], it[a.Input] = str(string(jobstore.Pending)), in
	it[a.Attempt], it[a.MaxAttempts] = num(0), num(int64(o.MaxAttempts))
	it[a.CreateToken], it[a.CreatedAt], it[a.UpdatedAt] = str(token), date(now), date(now)
	if s.opts.Marker.Name != "" {
		it[s.opts.Marker.Name] = str(s.opts.Marker.Value)
	}
	if o.Caller != "" {
		it[a.Caller] = str(o.Caller)
	}
	if o.OnLeaseExpiry != "" {
		it[a.OnLeaseExpiry] = str(string(o.OnLeaseExpiry))
	}
	due := driver.Created(o.StartAt, now, s.opts.PickUp)
	it[a.SweepAt] = num(due.SweepAt.UnixMilli())
	if !due.ClaimableFrom.IsZero() {
		it[a.ClaimableFrom] = num(due.ClaimableFrom.UnixMilli())
	}
	if s.opts.Index != "" {
		it[a.Shard] = str(openShard(o.ID))
	}
	if s.opts.History {
		it[a.History] = list(transition(driver.NewTransition(now, jobstore.Pending, 0, "", "")))
	}
	if !o.ExpiresAt.IsZero() {
		it[a.ExpiresAt] = num(o.ExpiresAt.Unix())
	}
	metadata := 0
	if len(o.Metadata) > 0 {
		if it[a.Metadata], err = attr.Encode("metadata", o.Metadata); err != nil {
			return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
		}
		metadata = attr.Size(it[a.Metadata])
	}
	return it, driver.FitsInput(len(o.ID), len(o.Caller), attr.Size(in), metadata, jobstore.MaxInputBytes)
}
