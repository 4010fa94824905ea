package jobclient

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
)

// listener tells when something was read.
type listener struct {
	io.Reader
	heard func()
}

func (l listener) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.heard()
	}
	return n, err
}

// read shows each whole event. An event that was cut lacks its empty line, and is dropped.
//
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
func (w *watch[In, Out]) read(c call, body io.Reader) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, int(min(w.opts.MaxAnswer, 1<<30)))
	var id string
	var data []byte
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			id = value
		case "data":
			if data = append(data, value...); int64(len(data)) > w.opts.MaxAnswer {
				return c.tooLong(w.opts.MaxAnswer)
			}
		case "":
			if lines.Text() != "" || len(data) == 0 { // a comment, or an event without data
				continue
			}
			var job jobhttp.View[Out]
			if json.Unmarshal(data, &job) != nil {
				return c.malformed()
			}
			if err := w.show(c, id, job); err != nil {
				return err
			}
			data = data[:0]
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return c.tooLong(w.opts.MaxAnswer)
	case err != nil:
		return c.broken(&outbound.ConnectionError{Err: err})
	}
	return nil // the server ends a stream before its own end
}
