package lambdalocal

import (
	"bytes"
	"io"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/invokeapi"
)

// part is a part of a response, after its content type.
type part struct {
	contentType string
	payload     []byte
}

// relay takes a response from the goroutine of the function to the one that serves the
// request. Only the latter writes.
type relay struct {
	inv   *invocation
	parts chan part     // unbuffered: what was sent has been received
	gone  chan struct{} // closed when no more parts are received
}

// take is the stream function of the invocation. When nothing receives the parts, it
// reads on until the end of the invocation, so that a caller who has left does not
// block the function.
func (s *relay) take(contentType string, body io.Reader) error {
	s.send(part{contentType: contentType})
	buf := make([]byte, pieceSize)
	if whole, ok := body.(interface{ Len() int }); ok { // a buffered response is one chunk
		buf = make([]byte, max(whole.Len(), 1))
	}
	for {
		n, err := body.Read(buf)
		if n > 0 {
			s.send(part{payload: bytes.Clone(buf[:n])})
		}
		if err == io.EOF || s.over() {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *relay) over() bool {
	select {
	case <-s.inv.ended:
		return true
	default:
		return false
	}
}

func (s *relay) send(p part) {
	select {
	case s.parts <- p:
	case <-s.gone:
	case <-s.inv.ended:
	}
}

// answerStream sends the response while the function writes it.
//
// The invocation type is ignored, since Lambda ran the function even with DryRun.
// Source: radkawar/stackd 9dc356f5, testdata/aws/lambda/streaming.json, dry_run.
func (i *invocation) answerStream(w http.ResponseWriter, r *http.Request) error {
	if !i.follow(r.Header.Get("X-Amzn-Trace-Id")) {
		return errRecursive(i.fn)
	}
	s := &relay{inv: i, parts: make(chan part), gone: make(chan struct{})}
	defer close(s.gone)
	i.stream = s.take
	i.note("invoked")
	if err := i.launch(); err != nil {
		return err
	}
	out := &eventWriter{inv: i, w: w}
	for {
		select {
		case p := <-s.parts:
			out.write(p)
		case <-i.ended:
			return out.end()
		case <-r.Context().Done():
			return nil
		}
	}
}

// eventWriter writes a response as an event stream.
type eventWriter struct {
	inv   *invocation
	w     http.ResponseWriter
	begun bool
	size  int // of the payload
}

// write begins the stream or continues it. It fails only if the caller has left, which
// ends the request's context.
func (e *eventWriter) write(p part) {
	if !e.begun {
		e.begin(p.contentType)
	}
	if e.size += len(p.payload); e.size > maxStream {
		panic(http.ErrAbortHandler)
	}
	_ = invokeapi.WriteChunk(e.w, p.payload)
	_ = http.NewResponseController(e.w).Flush() // not every writer can
}

func (e *eventWriter) begin(contentType string) {
	e.inv.loseResponse()
	e.inv.describe(e.w)
	e.w.Header().Set("Content-Type", invokeapi.ContentType)
	e.w.Header().Set("X-Amzn-Remapped-Content-Type", contentType)
	e.w.WriteHeader(http.StatusOK)
	e.begun = true
}

// end writes how the invocation ended. The error document of a function that did not
// respond is its response.
//
// Source: radkawar/stackd 9dc356f5, testdata/aws/lambda/streaming.json,
// explicit_error_before_streaming.
func (e *eventWriter) end() error {
	if e.inv.refused != nil {
		return e.inv.refused
	}
	result := e.inv.result
	complete := invokeapi.Complete{}
	if result.err != nil {
		complete.ErrorCode, complete.ErrorDetails = result.err.Type, string(result.err.payload())
		if !e.begun {
			complete.ErrorCode = unhandled
			e.write(part{"application/json", result.err.payload()})
		}
	}
	if e.inv.tail {
		complete.LogResult = logResult(result.log)
	}
	return invokeapi.WriteComplete(e.w, complete)
}
