package selfinvoke

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/aws/aws-lambda-go/lambda"
)

// WrapFunc is [Wrap] for a func. It decodes the event into In and encodes the Out
// that fn returns, both as JSON. When that fails, the error names the type and shows
// nothing of the value. An Out that is an io.Reader is streamed as lambda.Start streams
// it: WrapFunc is then Wrap with lambda.NewHandler(fn). WrapFunc panics when fn is nil,
// and where Wrap does.
func WrapFunc[In, Out any](fn func(context.Context, In) (Out, error), tasks ...AnyTask) lambda.Handler {
	if fn == nil {
		panic("selfinvoke: WrapFunc: fn is nil")
	}
	var handler lambda.Handler = typed[In, Out](fn)
	if reflect.TypeFor[Out]().Implements(reflect.TypeFor[io.Reader]()) {
		handler = lambda.NewHandler(fn)
	}
	return wrap("selfinvoke: WrapFunc", handler, tasks)
}

type typed[In, Out any] func(context.Context, In) (Out, error)

// Invoke implements lambda.Handler.
func (fn typed[In, Out]) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var in In
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, fmt.Errorf("selfinvoke: the event is not a %v", reflect.TypeFor[In]())
	}
	out, err := fn(ctx, in)
	if err != nil {
		return nil, err
	}
	result, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("selfinvoke: the result of type %v cannot be encoded as JSON", reflect.TypeFor[Out]())
	}
	return result, nil
}
