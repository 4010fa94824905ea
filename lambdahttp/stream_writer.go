package lambdahttp

import (
	"context"
	"io"
	"net/http"
	"sync"
)

// sniffed is how many bytes of a body http.DetectContentType looks at.
const sniffed = 512

// streamWriter is an [http.ResponseWriter] that sends the response while the handler
// writes it.
type streamWriter struct {
	ctx      context.Context
	returned bool // the handler has

	ready chan struct{}  // closed when the head is known; status and sent do not change afterwards
	pipe  *io.PipeWriter // takes the body

	mu sync.Mutex
	head
	begun bool   // ready is closed
	held  []byte // the beginning of the body, until its type is known
}

// WriteHeader implements http.ResponseWriter.
func (w *streamWriter) WriteHeader(status int) {
	checkStatus(status)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(status)
	if w.sent != nil && !w.detects() {
		_ = w.begin()
	}
}

// Write implements http.ResponseWriter.
func (w *streamWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.take(len(p)); err != nil || len(p) == 0 {
		return 0, err
	}
	if !w.detects() {
		_ = w.begin()
		return w.send(p)
	}
	w.held = append(w.held, p...)
	if len(w.held) < sniffed {
		return len(p), nil
	}
	return len(p), w.begin()
}

// Flush implements http.Flusher.
func (w *streamWriter) Flush() { _ = w.FlushError() }

// FlushError is for http.ResponseController.
func (w *streamWriter) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(http.StatusOK)
	if err := w.begin(); err != nil {
		return err
	}
	return w.ctx.Err()
}

// EnableFullDuplex is for http.ResponseController. The whole request has been read
// before the handler is called.
func (w *streamWriter) EnableFullDuplex() error { return nil }

// detects reports whether the head waits for a Content-Type.
func (w *streamWriter) detects() bool {
	return !w.begun && w.hasBody() && !hasType(w.sent)
}

// CloseNotify is for frameworks that still want an http.CloseNotifier, such as gin for
// Context.Stream.
func (w *streamWriter) CloseNotify() <-chan bool {
	closed := make(chan bool, 1)
	context.AfterFunc(w.ctx, func() { closed <- true })
	return closed
}

// begin makes the head known, and sends what was held.
func (w *streamWriter) begin() error {
	if w.begun {
		return nil
	}
	if len(w.held) > 0 {
		w.sent.Set("Content-Type", http.DetectContentType(w.held))
	}
	w.begun = true
	close(w.ready)
	_, err := w.send(w.held)
	w.held = nil
	return err
}

// send sends a part of the body. A response to HEAD has none.
func (w *streamWriter) send(p []byte) (int, error) {
	if w.method == http.MethodHead || len(p) == 0 {
		return len(p), nil
	}
	return w.pipe.Write(p)
}
