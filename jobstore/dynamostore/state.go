package dynamostore

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// fields are the attributes of a job that have a type, as they are stored. Numbers
// that are missing are 0, and the store's defaults are not filled in.
type fields struct {
	driver.State
	err, errorDetail, errorExcerpt, progressMessage, createToken string
	progress                                                     int
	onLeaseExpiry                                                jobstore.LeaseExpiry
}

// state is what of an item decides whether a call is refused.
func (s *Store[In, Out]) state(it item) driver.State { return s.read(it).State }

// read reads an item. An item that is not a job does not exist.
func (s *Store[In, Out]) read(it item) (f fields) {
	if len(it) == 0 || !s.marked(it) {
		return f
	}
	a, r := s.opts.Attributes, &reader{item: it}
	f.State = driver.State{
		Exists: true, Status: r.status(a.Status), MaxAttempts: s.opts.MaxAttempts, OnLeaseExpiry: s.opts.OnLeaseExpiry,
		Token: r.str(a.ClaimToken), Canceled: r.bool(a.Canceled), UpdatedAt: r.date(a.UpdatedAt),
	}
	f.Attempt = r.count(a.Attempt)
	if n, ok := r.whole(a.MaxAttempts, 1); ok {
		f.MaxAttempts = int(n)
	}
	if f.onLeaseExpiry = r.leaseExpiry(a.OnLeaseExpiry); f.onLeaseExpiry != "" {
		f.OnLeaseExpiry = f.onLeaseExpiry
	}
	f.HandOvers = r.count(a.HandOvers)
	f.Reports, f.Uncounted, f.progress = r.count(a.Reports), r.count(a.Uncounted), r.count(a.Progress)
	f.ClaimableFrom, f.SweepAt, f.HandedOverAt = r.millis(a.ClaimableFrom), r.millis(a.SweepAt), r.millis(a.HandedOverAt)
	if sec, ok := r.whole(a.ExpiresAt, 0); ok {
		f.ExpiresAt = driver.Expiry(sec)
	}
	f.err, f.errorDetail, f.progressMessage = r.str(a.Error), r.str(a.ErrorDetail), r.str(a.ProgressMessage)
	f.errorExcerpt = r.str(a.ErrorExcerpt)
	f.createToken, f.CreatedAt = r.str(a.CreateToken), r.date(a.CreatedAt)
	f.Caller = r.str(a.Caller)
	r.composite(a)
	f.Malformed = r.malformed
	return f
}

func (r *reader) status(name string) jobstore.Status {
	status := jobstore.Status(r.str(name))
	switch {
	case status == "":
		r.refuse(name, "a string")
	case !status.Valid():
		r.refuseAs(name, `"pending", "processing", "complete" or "error"`, "another string")
	}
	return status
}

func (r *reader) leaseExpiry(name string) jobstore.LeaseExpiry {
	l := jobstore.LeaseExpiry(r.str(name))
	if l != "" && l != jobstore.RunAgain && l != jobstore.Hold {
		r.refuseAs(name, `"run" or "hold"`, "another string")
	}
	return l
}

// composite refuses metadata that is neither a map nor the text of one, and a history
// that is not a list.
func (r *reader) composite(a Attributes) {
	switch r.value(a.Metadata).(type) {
	case *types.AttributeValueMemberM, *types.AttributeValueMemberS, *types.AttributeValueMemberNULL:
	default:
		r.refuse(a.Metadata, "a map")
	}
	switch r.value(a.History).(type) {
	case *types.AttributeValueMemberL, *types.AttributeValueMemberNULL:
	default:
		r.refuse(a.History, "a list")
	}
}

// marked is false of an item that is not a job.
func (s *Store[In, Out]) marked(it item) bool {
	m := s.opts.Marker
	return m.Name == "" || it.str(m.Name) == m.Value
}
