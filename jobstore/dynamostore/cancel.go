package dynamostore

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler] with one UpdateItem.
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, s.fail("cancel", id, err)
	}
	it, err := s.apply(ctx, id, s.cancelUpdate(id, reason))
	if old, refused := met(err); refused {
		return s.refusedCancel(id, old)
	}
	if err != nil {
		return nil, s.fail("cancel", id, err)
	}
	return s.answer("cancel", id, it, nil)
}

func (s *Store[In, Out]) cancelUpdate(id, reason string) *update {
	a, now := s.opts.Attributes, s.opts.Now()
	const unfinished = "#status IN (:pending, :processing) AND (attribute_not_exists(#expiresAt) OR #expiresAt > :nowSeconds)"
	return s.ending(id, unfinished, driver.NewTransition(now, jobstore.Failed, 0, "", reason)).
		name("#expiresAt", a.ExpiresAt).value(":nowSeconds", num(now.Unix())).
		value(":pending", str(string(jobstore.Pending))).value(":processing", str(string(jobstore.Processing))).
		assign("canceled", a.Canceled, &types.AttributeValueMemberBOOL{Value: true}).
		assign("claimToken", a.ClaimToken, str(driver.Canceled())).
		assign("error", a.Error, str(reason)).delete("errorDetail", a.ErrorDetail)
}

// refusedCancel says why old could not be canceled.
func (s *Store[In, Out]) refusedCancel(id string, old item) (*jobstore.Job[In, Out], error) {
	st := s.state(old)
	err := st.RefuseCancel(s.opts.Now())
	if errors.Is(err, jobstore.ErrNotFound) {
		return nil, s.fail("cancel", id, err)
	}
	return s.answer("cancel", id, old, err)
}
