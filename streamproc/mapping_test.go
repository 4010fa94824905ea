package streamproc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// tape is a shard that grows. Its sequence numbers count from 1.
type tape struct {
	mu      sync.Mutex
	records []json.RawMessage
	grown   chan struct{}
}

func newTape() *tape { return &tape{grown: make(chan struct{})} }

func (s *tape) changes(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
	from, _ := strconv.Atoi(after)
	for {
		s.mu.Lock()
		all, grown := s.records[from:min(len(s.records), from+limit)], s.grown
		s.mu.Unlock()
		if len(all) > 0 {
			return all, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// add returns the sequence number that the record gets.
func (s *tape) add(r streamtest.Record) (sequence string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.SequenceNumber = strconv.Itoa(len(s.records) + 1)
	record, err := r.MarshalJSON()
	if err != nil {
		panic(err)
	}
	s.records = append(s.records, record)
	close(s.grown)
	s.grown = make(chan struct{})
	return r.SequenceNumber
}

// mapTape invokes handler with the tape's records, and returns what was discarded.
func mapTape(t *testing.T, s *tape, handler any, opts ...func(*lambdalocal.MappingOptions)) (gone func() []string) {
	t.Helper()
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	t.Cleanup(func() { local.Close() })
	fn, err := local.AddFunction("f", handler, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	discarded := &seen{}
	toDestination := func(o *lambdalocal.MappingOptions) {
		o.OnFailure = func(f lambdalocal.StreamFailure) { discarded.add(sequencesOf([]byte(f.Payload))...) }
	}
	if err := fn.MapStream(lambdalocal.Feed(s.changes), append(opts, toDestination)...); err != nil {
		t.Fatal(err)
	}
	return discarded.all
}

func sequencesOf(event []byte) (all []string) {
	var e struct {
		Records []struct {
			DynamoDB struct{ SequenceNumber string }
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return []string{err.Error()}
	}
	for _, r := range e.Records {
		all = append(all, r.DynamoDB.SequenceNumber)
	}
	return all
}

// seen is a list that grows.
type seen struct {
	mu   sync.Mutex
	list []string
}

func (s *seen) add(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, ids...)
}

func (s *seen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// tapedJob is what the handlers are given.
type tapedJob struct {
	ID string `dynamodbav:"id"`
}

func unlogged(o *streamproc.Options) { o.Logger = slog.New(slog.DiscardHandler) }

// virtually lets so much virtual time pass.
func virtually(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// TestMappingStopsAtTheFirstFailure runs five pending records in batches of four
// with one retry; one of them fails once or always.
func TestMappingStopsAtTheFirstFailure(t *testing.T) {
	const once, always = 1, 1 << 30
	tests := []struct {
		bisect, partial bool
		failing         string
		times           int
		seen            string // by the handler, in this order
		discarded, lost string
	}{
		{false, true, "1", once, "1 1 2 3 4 5", "", ""},
		{false, true, "2", once, "1 2 2 3 4 5", "", ""},
		{false, true, "4", once, "1 2 3 4 4 5", "", ""},
		{false, true, "1", always, "1 1 5", "1 2 3 4", ""},
		{false, true, "2", always, "1 2 2 5", "2 3 4", ""},
		{false, true, "4", always, "1 2 3 4 4 5", "4", ""},

		{true, true, "1", once, "1 1 2 3 4 5", "", ""},
		{true, true, "2", once, "1 2 2 3 4 5", "", ""},
		{true, true, "4", once, "1 2 3 4 4 5", "", ""},
		{true, true, "1", always, "1 1 1 1 2 3 4 5", "1", ""},
		{true, true, "2", always, "1 2 2 2 2 3 4 5", "2", ""},
		{true, true, "4", always, "1 2 3 4 4 4 5", "4", ""},

		// Without ReportBatchItemFailures Lambda ignores the response and takes the
		// batch for done: the failed record and all behind it are lost, bisect or not,
		// unless it is the first, which fails the invocation.
		// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
		{false, false, "1", once, "1 1 2 3 4 5", "", ""},
		{false, false, "2", once, "1 2 5", "", "2 3 4"},
		{false, false, "4", once, "1 2 3 4 5", "", "4"},
		{false, false, "1", always, "1 1 5", "1 2 3 4", ""},
		{false, false, "2", always, "1 2 5", "", "2 3 4"},
		{false, false, "4", always, "1 2 3 4 5", "", "4"},
		{true, false, "1", once, "1 1 2 3 4 5", "", ""},
		{true, false, "2", once, "1 2 5", "", "2 3 4"},
		{true, false, "4", once, "1 2 3 4 5", "", "4"},
		{true, false, "1", always, "1 1 1 1 2 3 4 5", "1", ""},
		{true, false, "2", always, "1 2 5", "", "2 3 4"},
		{true, false, "4", always, "1 2 3 4 5", "", "4"},
	}
	for _, tt := range tests {
		name := fmt.Sprintf("bisect=%v/partial=%v/failing=%s/times=%d", tt.bisect, tt.partial, tt.failing, tt.times)
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, all, done := newTape(), &seen{}, &seen{}
				stream := streamtest.New()
				for i := range 5 {
					s.add(stream.Insert(map[string]string{"id": strconv.Itoa(i + 1), "status": "pending"}))
				}
				failures := tt.times
				d := streamproc.New(func(_ context.Context, r streamproc.Record[tapedJob]) error {
					all.add(r.New.ID)
					if r.New.ID == tt.failing && failures > 0 {
						failures--
						return errors.New("boom")
					}
					done.add(r.New.ID)
					return nil
				}, unlogged)
				gone := mapTape(t, s, d, func(o *lambdalocal.MappingOptions) {
					o.BatchSize, o.MaximumRetryAttempts = 4, 1
					o.BisectBatchOnFunctionError, o.ReportBatchItemFailures = tt.bisect, tt.partial
				})
				virtually(time.Hour)
				if diff := cmp.Diff([]string{tt.seen, tt.discarded, tt.lost}, []string{
					strings.Join(all.all(), " "), strings.Join(gone(), " "), strings.Join(missing(5, done.all(), gone()), " "),
				}); diff != "" {
					t.Errorf("seen, discarded and lost (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// missing are the numbers from 1 to n that are in none of the lists.
func missing(n int, lists ...[]string) (ids []string) {
	for i := range n {
		if id := strconv.Itoa(i + 1); !slices.Contains(slices.Concat(lists...), id) {
			ids = append(ids, id)
		}
	}
	return ids
}
