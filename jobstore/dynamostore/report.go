package dynamostore

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	err := s.checkKey(c.ID, driver.ValidateReport(c, h))
	if err == nil {
		err = s.report(ctx, c, h)
	}
	if err != nil {
		return s.fail("report", c.ID, err)
	}
	return nil
}

func (s *Store[In, Out]) report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	output, err := s.encodePartial(c, h)
	if err != nil {
		return err
	}
	_, err = s.apply(ctx, c.ID, s.reportUpdate(c, h, output))
	if old, refused := met(err); refused {
		return s.lost(old, func(st driver.State) bool { return st.Reported(c, h.Seq) })
	}
	if output != nil && invalid(err) {
		return fmt.Errorf("%w: DynamoDB refuses the output so far: %w", jobstore.ErrInvalid, withhold(err))
	}
	return err
}

// reportUpdate stores h. A nil output keeps what is stored.
func (s *Store[In, Out]) reportUpdate(c jobstore.Claim, h jobstore.Heartbeat, output types.AttributeValue) *update {
	u := s.fence(c, unreported).
		assign("updatedAt", date(s.opts.Now())).
		assign("reports", num(int64(h.Seq)))
	advance(u, h.Progress)
	if output != nil {
		u.assign("output", output)
	}
	if !h.LeaseUntil.IsZero() {
		leased(u, h.LeaseUntil)
	}
	return u
}

// encodePartial returns nil for a heartbeat without an output so far.
func (s *Store[In, Out]) encodePartial(c jobstore.Claim, h jobstore.Heartbeat) (types.AttributeValue, error) {
	out, err := driver.Partial[Out](h)
	if out == nil {
		return nil, err
	}
	output, err := attr.Encode("partial", *out)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	return output, s.fitsOutput(c, output, "the record with its output so far")
}

// fitsOutput refuses an output that leaves no room in c's record for what else is written.
func (s *Store[In, Out]) fitsOutput(c jobstore.Claim, output types.AttributeValue, what string) error {
	size := c.Size + settling + len(s.opts.Attributes.Output) + attr.Size(output)
	return driver.Fits(size, driver.MaxItemBytes, what)
}
