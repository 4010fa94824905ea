package dynamostore

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

const (
	// live is true of a job that has not expired.
	live = "(attribute_not_exists(#expiresAt) OR #expiresAt > :nowSeconds)"

	// unexpired is that, too, of a job whose expiry is a NULL.
	unexpired = "(attribute_not_exists(#expiresAt) OR attribute_type(#expiresAt, :NULL) OR #expiresAt > :nowSeconds)"

	// older is true of a job that was created before the request was made. A copy of
	// the request may arrive when its job has expired and another has its ID.
	older = "(attribute_not_exists(#createdAt) OR #createdAt <= :now)"

	// held is true of a job that a claim holds: token and attempt are its own.
	held = "#status = :processing AND #claimToken = :holder AND #attempt = :held"

	// unreported is true of a job whose latest heartbeat has a lower number.
	unreported = "(attribute_not_exists(#reports) OR attribute_type(#reports, :NULL) OR #reports < :reports)"

	unfinished = "#status IN (:pending, :processing)"

	// own is false of a claim that has a copy in the record, of whatever state.
	own = "#claimToken IN (:claimToken, :settled)"

	due = "(#status = :pending AND (attribute_not_exists(#claimableFrom) OR #claimableFrom <= :nowMillis))"

	// found is true of a job that no claim and no sweep has moved on since a sweep found
	// it. A record of another program may not say when a sweep looks at it.
	found = "#status = :status AND (#sweepAt = :since OR attribute_not_exists(#sweepAt) OR attribute_type(#sweepAt, :NULL))"

	// leaseEnded is that, too, of a record without a lease that is older than any
	// invocation.
	leaseEnded = "(#claimableFrom <= :nowMillis OR (attribute_not_exists(#claimableFrom)" +
		" AND (attribute_not_exists(#updatedAt) OR #updatedAt <= :stale)))"

	attemptsLeft = "(attribute_not_exists(#attempt) OR #attempt < #maxAttempts" +
		" OR (attribute_not_exists(#maxAttempts) AND #attempt < :defaultAttempts))"

	// counted is true of a whole number of attempts. An expression cannot tell a
	// fraction; above 9 the store itself has counted.
	counted = "(attribute_not_exists(#attempt) OR #attempt IN (:0, :1, :2, :3, :4, :5, :6, :7, :8, :9)" +
		" OR (#attempt > :9 AND attribute_exists(#claimToken)))"

	// trusted is true of a record whose other numbers a store has written, or that has
	// none. Those of others may have a fraction, so such a record is read first.
	trusted = "(attribute_exists(#createToken) OR attribute_exists(#claimToken) OR (attribute_not_exists(#expiresAt)" +
		" AND attribute_not_exists(#maxAttempts) AND attribute_not_exists(#uncounted)" +
		" AND attribute_not_exists(#claimableFrom) AND attribute_not_exists(#sweepAt) AND attribute_not_exists(#handOvers) AND attribute_not_exists(#handedOverAt)" +
		" AND attribute_not_exists(#progress) AND attribute_not_exists(#reports)))"
)

// typed is true of a record whose attributes have the types of a job's, or are
// missing. One with a NULL is read first.
var typed = strings.Join([]string{
	counted, trusted,
	ofType("S", "error", "errorDetail", "errorExcerpt", "progressMessage", "claimToken", "createToken", "caller", "createdAt", "updatedAt"),
	ofType("N", "progress", "attempt", "maxAttempts", "uncounted", "claimableFrom", "sweepAt", "handOvers", "handedOverAt", "reports", "expiresAt"),
	ofType("BOOL", "canceled"), ofType("L", "history"),
	"(attribute_not_exists(#metadata) OR attribute_type(#metadata, :M) OR attribute_type(#metadata, :S))",
	"(attribute_not_exists(#onLeaseExpiry) OR #onLeaseExpiry IN (:run, :hold))",
}, " AND ")

func ofType(name string, keys ...string) string {
	var all []string
	for _, key := range keys {
		all = append(all, "(attribute_not_exists(#"+key+") OR attribute_type(#"+key+", :"+name+"))")
	}
	return strings.Join(all, " AND ")
}

// runsAgain is true of a job that is not held when its lease ends.
func (s *Store[In, Out]) runsAgain() string {
	if s.opts.OnLeaseExpiry == jobstore.RunAgain {
		return "(attribute_not_exists(#onLeaseExpiry) OR #onLeaseExpiry = :run)"
	}
	return "#onLeaseExpiry = :run"
}

// isJob is true of a job, whatever its state.
func (s *Store[In, Out]) isJob() []string {
	if s.opts.Marker.Name == "" {
		return []string{"attribute_exists(#id)"}
	}
	return []string{"#marker = :marker"}
}

// at gives u what the conditions above compare, as of now.
func (s *Store[In, Out]) at(u *update, now time.Time) *update {
	for _, name := range []string{"S", "N", "BOOL", "L", "M", "NULL"} {
		u.value(":"+name, str(name))
	}
	for n := range int64(10) {
		u.value(":"+string('0'+rune(n)), num(n))
	}
	return u.
		value(":now", date(now)).value(":nowSeconds", num(now.Unix())).value(":nowMillis", num(now.UnixMilli())).
		value(":stale", date(now.Add(-driver.Unleased))).
		value(":pending", str(string(jobstore.Pending))).value(":processing", str(string(jobstore.Processing))).
		value(":run", str(string(jobstore.RunAgain))).value(":hold", str(string(jobstore.Hold))).
		value(":defaultAttempts", num(int64(s.opts.MaxAttempts))).value(":afterClaim", num(afterClaim))
}

// unchanged is an update on the condition that the record is as it was read, as far as
// a claim, a cancel or their copies could change it.
func (s *Store[In, Out]) unchanged(read item) *update {
	u := s.newUpdate()
	for _, key := range []string{"status", "attempt", "claimToken", "claimableFrom", "updatedAt", "createToken", "createdAt", "expiresAt"} {
		s.same(u, read, key)
	}
	return u
}

// same adds to the conditions that an attribute is as it was read.
func (s *Store[In, Out]) same(u *update, read item, key string) {
	condition, v := same(read, key, s.names["#"+key])
	u.conditions = append(u.conditions, condition)
	if v != nil {
		u.value(":"+key+"Read", v)
	}
}

func same(read item, key, name string) (condition string, v types.AttributeValue) {
	if v, ok := read[name]; ok {
		return "#" + key + " = :" + key + "Read", v
	}
	return "attribute_not_exists(#" + key + ")", nil
}
