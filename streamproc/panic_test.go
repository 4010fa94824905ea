package streamproc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// hushed panics with what the record holds.
type hushed struct{ Value string }

func (hushed) String() string { return "hush-hush" }

// panicking is a type whose Unmarshaler panics with the value.
type panicking string

func (*panicking) UnmarshalDynamoDBAttributeValue(v types.AttributeValue) error {
	panic(v.(*types.AttributeValueMemberS).Value)
}

func TestPanicsShowNoPayload(t *testing.T) {
	image := string(around([]byte(`{"id":{"S":"hush-hush"},"status":{"S":"pending"}}`)))
	handler := func(act func(id string)) func(func(*streamproc.Options)) *streamproc.Dispatcher {
		return func(opt func(*streamproc.Options)) *streamproc.Dispatcher {
			return streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error { act(r.New.ID); return nil }, opt)
		}
	}
	tests := map[string]struct {
		make func(opt func(*streamproc.Options)) *streamproc.Dispatcher
		want string
	}{
		"a string":      {handler(func(id string) { panic("unexpected " + id) }), "panic with a value of type string"},
		"a struct":      {handler(func(id string) { panic(hushed{id}) }), "panic with a value of type streamproc_test.hushed"},
		"a pointer":     {handler(func(id string) { panic(&hushed{id}) }), "panic with a value of type *streamproc_test.hushed"},
		"a map":         {handler(func(id string) { panic(map[string]string{id: id}) }), "panic with a value of type map[string]string"},
		"an index":      {handler(func(id string) { _ = []byte(id)[len(id)+5] }), "panic: runtime error: index out of range [14] with length 9"},
		"a nil pointer": {handler(func(string) { var j *queryJob; j.ID = "" }), "panic: runtime error: invalid memory address or nil pointer dereference"},
		"a type":        {handler(func(id string) { _ = any(id).(int) }), "panic: interface conversion: interface {} is string, not int"},
		"nil":           {handler(func(string) { panic(nil) }), "panic: " + new(runtime.PanicNilError).Error()},
		"an error":      {handler(func(string) { panic(fmt.Errorf("boom: %w", io.ErrUnexpectedEOF)) }), "panic: boom: unexpected EOF"},
		"an Unmarshaler's": {func(opt func(*streamproc.Options)) *streamproc.Dispatcher {
			return streamproc.New(func(context.Context, streamproc.Record[struct {
				P panicking `dynamodbav:"id"`
			}],
			) error {
				return nil
			}, opt)
		}, "panic with a value of type string"},
		"a filter's": {func(opt func(*streamproc.Options)) *streamproc.Dispatcher {
			return streamproc.New(func(context.Context, streamproc.Record[any]) error { return nil }, opt, func(o *streamproc.Options) {
				o.Filter = streamproc.Where(func(r *streamproc.RawRecord) bool { panic(r.New().String("id")) })
			})
		}, "panic with a value of type string"},
	}
	for name, tt := range tests {
		for _, concurrency := range []int{1, 2} {
			t.Run(fmt.Sprint(name, concurrency), func(t *testing.T) {
				var log bytes.Buffer
				kept := &failures{}
				d := tt.make(func(o *streamproc.Options) {
					o.Concurrency, o.Logger = concurrency, slog.New(slog.NewMultiHandler(slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil), kept))
				})
				response, err := answer(d.Invoke(t.Context(), []byte(image)))
				if err != nil || response != firstFailed {
					t.Errorf("got %s and %v, want a failure of the first record", response, err)
				}
				if logged := log.String(); strings.Contains(logged, "hush-hush") || strings.Count(logged, "\n") != 2 || strings.Count(logged, "[running]") != 2 || !strings.Contains(logged, "streamproc_test.") {
					t.Errorf("logged %s, want the stack and nothing of the record", logged)
				}
				var p *streamproc.PanicError
				if got := kept.last(); !errors.As(got, &p) || !strings.HasPrefix(got.Error(), tt.want) {
					t.Errorf("the error is %v, want %s", got, tt.want)
				}
			})
		}
	}
}

// TestPanicThatFailsTheBatch leaves the function as an error, which Lambda logs and
// hands on.
func TestPanicThatFailsTheBatch(t *testing.T) {
	for _, value := range []any{"hush-hush", io.ErrUnexpectedEOF} {
		d := streamproc.New(func(context.Context, streamproc.Record[any]) error { panic(value) }, quiet)
		_, err := d.Invoke(t.Context(), []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"status":{"S":"pending"}}}}]}`))
		var b *streamproc.BatchError
		var p *streamproc.PanicError
		if !errors.As(err, &b) || !errors.As(err, &p) || p.Value != value || strings.Contains(err.Error(), "hush-hush") || strings.Contains(err.Error(), "goroutine") {
			t.Errorf("%v: got %v, want a *BatchError with the *PanicError and no value", value, err)
		}
		if _, isError := value.(error); isError != errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v: the error that was the value is not in %v", value, err)
		}
	}
}
