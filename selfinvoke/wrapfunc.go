package selfinvoke

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/aws/aws-lambda-go/lambda"
)

// WrapFunc is [Wrap] for a func that takes the event decoded and returns the
// answer to encode. An event that does not decode into In, and an answer that
// does not encode, is an error which holds nothing of it. WrapFunc panics when fn
// is nil.
func WrapFunc[In, Out any](fn func(context.Context, In) (Out, error), tasks ...AnyTask) lambda.Handler {
	if fn == nil {
		panic("selfinvoke: WrapFunc: fn is nil")
	}
	return Wrap(typed[In, Out](fn), tasks...)
}

type typed[In, Out any] func(context.Context, In) (Out, error)

// Invoke implements lambda.Handler.
func (fn typed[In, Out]) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var in In
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, fmt.Errorf("selfinvoke: the event is no %v", reflect.TypeFor[In]())
	}
	out, err := fn(ctx, in)
	if err != nil {
		return nil, err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("selfinvoke: the answer of type %v does not encode as JSON", reflect.TypeFor[Out]())
	}
	return answer, nil
}
