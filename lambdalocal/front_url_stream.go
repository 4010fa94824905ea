package lambdalocal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

const (
	// maxStream is how large a streamed response may be.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
	maxStream = 200 << 20

	pieceSize = 32 << 10
)

// handover takes a response from the goroutine that reads it to the one that serves
// the request. Only the latter may use the ResponseWriter.
type handover struct {
	front  *front
	inv    *invocation
	pieces chan piece    // unbuffered: what was sent has been received
	gone   chan struct{} // closed when no more pieces are received
}

// piece is the head of a response, a part of its body, or why it is not a response.
type piece struct {
	head *httpresult.Response
	body []byte
	err  error
}

// take is the stream function of the invocation. When the request no longer receives
// pieces, take reads on, so that the function is not blocked, until the end of the
// body or of the invocation.
func (h *handover) take(contentType string, body io.Reader) error {
	reader := bufio.NewReaderSize(body, pieceSize)
	head, err := h.front.readHead(contentType, reader)
	if err != nil && !errors.Is(err, httpresult.ErrMalformed) {
		return err
	}
	h.send(piece{head: head, err: err})
	buf := make([]byte, pieceSize)
	for {
		n, err := reader.Read(buf)
		if n > 0 {
			h.send(piece{body: bytes.Clone(buf[:n])})
		}
		if err == io.EOF || h.over() {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (h *handover) over() bool {
	select {
	case <-h.inv.ended:
		return true
	default:
		return false
	}
}

// send drops the piece if the request has been answered, or if the invocation ends
// while its caller is slow.
func (h *handover) send(p piece) {
	select {
	case h.pieces <- p:
	case <-h.gone:
	case <-h.inv.ended:
	}
}

// streamed sends the response while the function writes it. Only this goroutine writes
// to w, so writing ends before the request does.
func (f *front) streamed(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	h := &handover{front: f, inv: inv, pieces: make(chan piece), gone: make(chan struct{})}
	defer close(h.gone)
	inv.stream = h.take
	if err := inv.launch(); err != nil {
		return err
	}
	out := &streamWriter{w: w, sized: f.sized}
	overdue := after(f.timeout)
	for {
		select {
		case p := <-h.pieces:
			if p.err != nil {
				return p.err
			}
			out.write(p)
		case <-inv.ended:
			return out.end(inv)
		case <-overdue:
			return out.late(inv, f.timeout)
		case <-after(f.idle):
			return out.late(inv, f.idle)
		case <-r.Context().Done():
			return nil
		}
	}
}

// after returns a channel that never delivers if d is 0.
func after(d time.Duration) <-chan time.Time {
	if d == 0 {
		return nil
	}
	return time.After(d)
}

// streamWriter writes a response in pieces.
type streamWriter struct {
	w     http.ResponseWriter
	sized bool // the function may set the Content-Length
	begun bool
	size  int
}

func (s *streamWriter) write(p piece) {
	if p.head != nil {
		if length := p.head.Header["Content-Length"]; s.sized && length != nil {
			s.w.Header()["Content-Length"] = length
		}
		p.head.WriteHead(s.w)
		s.begun = true
	}
	if s.size += len(p.body); s.size > maxStream {
		panic(http.ErrAbortHandler)
	}
	s.w.Write(p.body)
	_ = http.NewResponseController(s.w).Flush() // not every writer can
}

// end breaks the connection if the response has begun and is incomplete. Nothing else
// would tell the caller.
func (s *streamWriter) end(inv *invocation) error {
	switch {
	case inv.refused != nil:
		return inv.refused
	case inv.result.err == nil && s.begun:
		return nil
	case s.begun:
		panic(http.ErrAbortHandler)
	}
	return errFailed
}

// late ends a response that takes longer than a limit. The function keeps running.
func (s *streamWriter) late(inv *invocation, limit time.Duration) error {
	inv.note("the caller was told that it took over %v", limit)
	if s.begun {
		panic(http.ErrAbortHandler)
	}
	return errOverdue
}

// losing makes the front lose the body of a response that was meant to be streamed, as
// AWS's fronts do when they buffer. option is what would have it streamed.
func (f *front) losing(head func(payload []byte) *httpresult.Response, option string) {
	parse := f.parse
	f.parse = func(r *http.Request, payload []byte) (*httpresult.Response, error) {
		response := head(payload)
		if response == nil {
			return parse(r, payload)
		}
		f.fn.local.options.Logger.Error("lambdalocal: the body of a streamed response is lost, since the front buffers", "function", f.fn.name, "needs", option)
		return response, nil
	}
}
