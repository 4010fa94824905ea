package process

import (
	"bytes"
	"io"
	"sync"
)

// lines merges what several processes write, line by line.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) writer() *lineWriter { return &lineWriter{lines: l} }

func (l *lines) write(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.to.Write(p)
}

// maxLine is how long a line may be before it is split, so that a process that never
// ends a line does not fill the memory. CloudWatch Logs has the same limit.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_InputLogEvent.html
const maxLine = 1 << 20

// lineWriter is one process's. Only one goroutine writes to it.
type lineWriter struct {
	lines *lines
	rest  []byte // of a line that has not ended
}

// Write never fails, so that a process does not stop if its log cannot be written.
func (w *lineWriter) Write(p []byte) (int, error) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 {
		w.lines.write(append(w.rest, p[:end]...))
		w.rest = w.rest[:0]
	}
	if w.rest = append(w.rest, p[end:]...); len(w.rest) >= maxLine {
		w.flush()
	}
	return len(p), nil
}

// flush writes a line that the process did not end.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.lines.write(append(w.rest, '\n'))
		w.rest = nil
	}
}
