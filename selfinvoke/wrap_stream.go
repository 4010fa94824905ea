package selfinvoke

import (
	"context"
	"encoding/json"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
)

// wrappedStream is wrapped with a handler whose responses can be streams.
type wrappedStream struct {
	*wrapped
	handler *streaming.Handler
}

// respond is the func of a handler that streams.
func (w *wrappedStream) respond(ctx context.Context, event json.RawMessage) (*streaming.Response, error) {
	e, task, err := w.open(event)
	switch {
	case err != nil:
		return nil, err
	case e == nil:
		return w.handler.Open(w.enter(ctx), event)
	}
	return streaming.Buffered("application/json", nil), task.run(w.enter(ctx), e)
}
