package lambdalocal

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

// lineWriter is one process's. Only one goroutine writes to it.
type lineWriter struct {
	lines *lines
	rest  []byte // of a line that has not ended
}

// Write never fails: a process must not stop because nobody reads its log.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	if end := bytes.LastIndexByte(w.rest, '\n') + 1; end > 0 {
		w.lines.write(w.rest[:end])
		w.rest = append(w.rest[:0], w.rest[end:]...)
	}
	return len(p), nil
}

// flush ends a last line that the process did not.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.lines.write(append(w.rest, '\n'))
		w.rest = nil
	}
}
