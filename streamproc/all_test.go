package streamproc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// scripted answers each event the same.
type scripted struct {
	response string
	err      error
	calls    int
}

func (s *scripted) Invoke(context.Context, []byte) ([]byte, error) {
	s.calls++
	return []byte(s.response), s.err
}

func reporting(sequence string) *scripted {
	return &scripted{response: `{"batchItemFailures":[{"itemIdentifier":"` + sequence + `"}]}`}
}

// TestAll: each handler sees each event, and the first failure counts.
func TestAll(t *testing.T) {
	s := streamtest.New()
	batch := streamtest.Payload(
		s.Insert(map[string]any{"id": "a", "status": "pending"}), s.Insert(map[string]any{"id": "b", "status": "pending"}), s.Insert(map[string]any{"id": "c", "status": "pending"}))
	numbers := sequencesOf(batch)
	done, boom := &scripted{response: `{"batchItemFailures":[]}`}, errors.New("boom")
	for name, tt := range map[string]struct {
		handlers []streamproc.Handler
		want     string
		err      error
	}{
		"all done":             {[]streamproc.Handler{done, &scripted{}}, `{"batchItemFailures":[]}`, nil},
		"the second fails":     {[]streamproc.Handler{done, reporting(numbers[1])}, `{"batchItemFailures":[{"itemIdentifier":"` + numbers[1] + `"}]}`, nil},
		"the earlier one":      {[]streamproc.Handler{reporting(numbers[2]), reporting(numbers[0])}, `{"batchItemFailures":[{"itemIdentifier":"` + numbers[0] + `"}]}`, nil},
		"an error":             {[]streamproc.Handler{&scripted{err: boom}, reporting(numbers[0])}, "", boom},
		"an unknown record":    {[]streamproc.Handler{reporting("no such record")}, "", errAny},
		"another response":     {[]streamproc.Handler{&scripted{response: `"ok"`}}, "", errAny},
		"an empty list is all": {[]streamproc.Handler{&scripted{response: `{}`}}, `{"batchItemFailures":[]}`, nil},
	} {
		last := &scripted{}
		out, err := streamproc.All(append(tt.handlers, last)...).Invoke(t.Context(), batch)
		if string(out) != tt.want || (err == nil) != (tt.err == nil) || tt.err == boom && !errors.Is(err, boom) {
			t.Errorf("%s: %s, %v; want %s, %v", name, out, err, tt.want, tt.err)
		}
		if last.calls != 1 {
			t.Errorf("%s: the last handler was called %d times", name, last.calls)
		}
	}
}

var errAny = errors.New("any error")

func TestAllPanics(t *testing.T) {
	for _, handlers := range [][]streamproc.Handler{nil, {&scripted{}, nil}} {
		func() {
			defer func() {
				if got := recover(); got != "streamproc: All: a handler is missing or nil" {
					t.Errorf("panicked with %v", got)
				}
			}()
			streamproc.All(handlers...)
		}()
	}
}

// TestAllFilterCriteria: the mapping passes what any handler needs.
func TestAllFilterCriteria(t *testing.T) {
	pending := streamproc.New(func(context.Context, streamproc.Record[struct{}]) error { return nil })
	everything := streamproc.New(func(context.Context, streamproc.Record[struct{}]) error { return nil }, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(*streamproc.RawRecord) bool { return true })
	})
	one := `{"Pattern":"{\"dynamodb\":{\"NewImage\":{\"status\":{\"S\":[\"pending\"]}}}}"}`
	for want, handlers := range map[string][]streamproc.Handler{
		`{"Filters":[` + one + `]}`:             {pending},
		`{"Filters":[` + one + `,` + one + `]}`: {pending, pending},
		"":                                      {pending, everything},
	} {
		if got := streamproc.All(handlers...).FilterCriteria(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := streamproc.All(pending, &scripted{}).FilterCriteria(); got != "" {
		t.Errorf("got %s of a handler without criteria", got)
	}
}

// An audit and a publisher read one stream.
func ExampleAll() {
	type job struct {
		ID string `dynamodbav:"id"`
	}
	consumer := func(name string) *streamproc.Dispatcher {
		return streamproc.New(func(_ context.Context, r streamproc.Record[job]) error {
			fmt.Println(name, r.New.ID)
			return nil
		})
	}
	changes := streamproc.All(consumer("audit"), consumer("publish")) // lambda.Start(changes)
	out, err := changes.Invoke(context.Background(), streamtest.Payload(streamtest.New().Insert(map[string]any{"id": "a", "status": "pending"})))
	fmt.Println(string(out), err)
	// Output:
	// audit a
	// publish a
	// {"batchItemFailures":[]} <nil>
}
