package streaming

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/handlertrace"
)

var errRead = errors.New("streaming: a response is read, not marshaled")

// call is one call of a handler that lambda.NewHandler has made. Such a handler shows
// the value that its func has returned to the trace in its context, before it encodes
// the value or reads it.
type call struct {
	encoding *sync.Mutex
	encodes  bool
	reader   io.Reader // that the func has returned
}

// run returns no payload if the func has returned a reader.
func (c *call) run(ctx context.Context, h lambda.Handler, event []byte) ([]byte, error) {
	defer c.end()
	ctx = handlertrace.NewContext(ctx, handlertrace.HandlerTrace{ResponseEvent: c.responded})
	payload, err := invoke(ctx, h, event)
	return bytes.Clone(payload), err
}

// responded leaves the handler with a panic before the handler reads the reader. No
// code but aws-lambda-go's is on the stack above run.
func (c *call) responded(_ context.Context, value any) {
	if direct := direct(); !slices.Equal(callers(len(direct)), direct) {
		return // the value is of another handler, which the func or a middleware calls
	}
	if isRead(value) {
		c.reader = value.(io.Reader)
		panic(c)
	}
	c.encoding.Lock()
	c.encodes = true
}

// end recovers from the panic of responded and from no other.
func (c *call) end() {
	if c.reader != nil {
		_ = recover()
	}
	if c.encodes {
		c.encoding.Unlock()
	}
}

// isRead reports whether aws-lambda-go reads the value instead of marshaling it.
func isRead(value any) bool {
	if _, ok := value.(io.Reader); !ok {
		return false
	}
	data, err := json.Marshal(value)
	return err != nil || string(data) == "{}"
}

// invoke marks where the stack of a call begins.
//
//go:noinline
func invoke(ctx context.Context, h lambda.Handler, event []byte) ([]byte, error) {
	return h.Invoke(ctx, event)
}

// direct is the stack above invoke when a handler shows the value of its own func.
var direct = sync.OnceValue(func() []uintptr {
	stack := make(chan []uintptr, 1)
	trace := handlertrace.HandlerTrace{ResponseEvent: func(context.Context, any) { stack <- callers(16) }}
	go invoke(handlertrace.NewContext(context.Background(), trace), lambda.NewHandler(func() (any, error) { return nil, nil }), nil)
	pcs := <-stack
	return pcs[:len(pcs)-1] // below invoke is only the start of the goroutine
})

// callers returns the most recent calls on the stack, without itself and its caller.
func callers(most int) []uintptr {
	pcs := make([]uintptr, most)
	return pcs[:runtime.Callers(3, pcs)]
}
