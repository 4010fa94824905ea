package dynamostore

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// ListByCaller implements [jobstore.CallerLister] with [Options.CallerIndex], without which
// it fails with [errors.ErrUnsupported]. It queries one key of the index.
func (s *Store[In, Out]) ListByCaller(ctx context.Context, caller string, o jobstore.CallerListOptions) iter.Seq2[jobstore.CallerJob, error] {
	return func(yield func(jobstore.CallerJob, error) bool) {
		client, err := s.callerClient()
		query, invalid := s.callerQuery(caller, o)
		if err := cmp.Or(err, invalid); err != nil {
			yield(jobstore.CallerJob{}, s.fail("list", "", err))
			return
		}
		for more := true; more; {
			page, err := client.Query(ctx, query)
			if err != nil {
				yield(jobstore.CallerJob{}, s.fail("list", "", indexMissing(s.opts.CallerIndex, err)))
				return
			}
			live := s.liveOf(page.Items)
			for _, it := range live {
				if !yield(s.callerJob(it), nil) {
					return
				}
			}
			if len(live) == 0 {
				query.Limit = new(int32(mostListed))
			}
			query.ExclusiveStartKey, more = page.LastEvaluatedKey, len(page.LastEvaluatedKey) > 0
		}
	}
}

// mostListed is asked for where a page has only jobs that have expired. They are in the index until
// DynamoDB deletes them, and a list of one job would take a request for each.
const mostListed = 1000

func (s *Store[In, Out]) liveOf(items []map[string]types.AttributeValue) []map[string]types.AttributeValue {
	now := s.opts.Now()
	return slices.DeleteFunc(items, func(it map[string]types.AttributeValue) bool { return !s.state(it).Live(now) })
}

func (s *Store[In, Out]) callerClient() (SweepClient, error) {
	client, ok := s.pages()
	switch {
	case s.opts.CallerIndex == "":
		return nil, fmt.Errorf("%w: the store has no Options.CallerIndex", errors.ErrUnsupported)
	case !ok:
		return nil, fmt.Errorf("%w: the client %T has no Query", errors.ErrUnsupported, s.client)
	}
	return client, nil
}

// callerQuery asks for the caller's jobs behind the cursor.
func (s *Store[In, Out]) callerQuery(caller string, o jobstore.CallerListOptions) (*dynamodb.QueryInput, error) {
	if err := driver.ValidateCaller(caller); err != nil {
		return nil, err
	}
	condition, a := "#caller = :caller", s.opts.Attributes
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &s.opts.CallerIndex, KeyConditionExpression: &condition,
		Limit: new(int32(min(o.PageSize, mostListed))), ScanIndexForward: new(false),
	}
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = s.used(condition, item{":caller": str(caller)})
	if o.After == "" {
		return in, nil
	}
	after, err := parseCallerCursor(o.After)
	if err = s.checkKey(after.ID, err); err != nil {
		return nil, err
	}
	in.ExclusiveStartKey = s.key(after.ID)
	in.ExclusiveStartKey[a.Caller], in.ExclusiveStartKey[a.CreatedAt] = str(caller), str(after.CreatedAt)
	return in, nil
}

func (s *Store[In, Out]) callerJob(it item) jobstore.CallerJob {
	a, r := s.opts.Attributes, &reader{item: it}
	c := callerCursor{CreatedAt: it.str(a.CreatedAt), ID: it.str(a.ID)}
	return jobstore.CallerJob{ID: c.ID, CreatedAt: r.date(a.CreatedAt), Cursor: c.String()}
}

// callerCursor is a place in the list of a caller's jobs. It has the date as it is stored:
// another program may write more digits.
type callerCursor struct {
	CreatedAt string `json:"at"`
	ID        string `json:"id"`
}

func (c callerCursor) String() string {
	text, _ := json.Marshal(c) // two strings
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCallerCursor(s string) (c callerCursor, err error) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(text, &c) != nil || driver.ValidateID(c.ID) != nil ||
		c.CreatedAt == "" || len(c.CreatedAt) > maxSortKeyBytes || !utf8.ValidString(c.CreatedAt) {
		return c, fmt.Errorf("%w: after is not a cursor of this list", jobstore.ErrInvalid)
	}
	return c, nil
}
