package lambdahttp

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// sniffed is how many bytes of a body http.DetectContentType looks at.
const sniffed = 512

// streamWriter is an [http.ResponseWriter] that sends the response while the handler
// writes it.
type streamWriter struct {
	ctx      context.Context
	method   string
	header   http.Header
	returned bool // the handler has

	ready chan struct{}  // closed when the head is known; status and sent do not change afterwards
	pipe  *io.PipeWriter // takes the body

	mu      sync.Mutex
	status  int
	sent    http.Header // header as it was when the status was written
	begun   bool        // ready is closed
	held    []byte      // the beginning of the body, until its type is known
	written int64       // bytes of the body
	length  int64       // the Content-Length, or -1
}

// Header implements http.ResponseWriter.
func (w *streamWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter. Like net/http it panics if no response
// can have the status.
func (w *streamWriter) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
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
	w.writeHeader(http.StatusOK)
	switch {
	case len(p) == 0:
		return 0, nil
	case !w.hasBody():
		return 0, http.ErrBodyNotAllowed
	case w.length >= 0 && w.written+int64(len(p)) > w.length:
		return 0, http.ErrContentLength
	}
	w.written += int64(len(p))
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

func (w *streamWriter) writeHeader(status int) {
	if w.sent != nil || w.begun || status < 200 {
		return
	}
	w.status, w.sent, w.length = status, w.header.Clone(), -1
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	}
}

// hasBody reports whether the status allows a body.
func (w *streamWriter) hasBody() bool {
	return w.status != http.StatusNoContent && w.status != http.StatusNotModified
}

// detects reports whether the head waits for a Content-Type.
func (w *streamWriter) detects() bool {
	return !w.begun && w.hasBody() && !hasType(w.sent)
}

// isShort reports whether the body has not reached its Content-Length.
func (w *streamWriter) isShort() bool {
	return w.method != http.MethodHead && w.hasBody() && w.length > w.written
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
