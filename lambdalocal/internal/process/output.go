package process

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"
)

// output reads what one process writes, line by line.
type output struct {
	lines *lines
	pipe  *os.File
	ended chan struct{} // closed when nothing more is read

	mu   sync.Mutex
	rest []byte // of a line that has not ended
	log  []byte // the end of what was written since the log was taken
	buf  []byte
}

const (
	// maxLine is how long a line may be before it is split, so that a process that
	// never ends a line does not fill the memory. CloudWatch Logs has the same limit.
	//
	// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_InputLogEvent.html
	maxLine = 1 << 20

	// maxLog is how much of the log is kept: what Lambda returns at most.
	maxLog = 4 << 10

	pipeSize = 64 << 10
)

// newOutput returns an output, and the file that the process writes to.
func newOutput(l *lines) (*output, *os.File, error) {
	pipe, file, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	o := &output{lines: l, pipe: pipe, ended: make(chan struct{}), buf: make([]byte, pipeSize)}
	return o, file, nil
}

// read reads until the process has ended and nothing else holds its end of the pipe.
func (o *output) read() {
	defer close(o.ended)
	for o.wait() {
	}
}

// finish reads the rest, of a grandchild for at most a second, and closes the pipe.
func (o *output) finish() {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-o.ended:
	case <-timer.C:
	}
	o.pipe.Close()
	<-o.ended
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
}

// take returns the end of the log since the last call. What the process has written by
// now is in it, except a line that has not ended.
func (o *output) take() []byte {
	o.drain()
	o.mu.Lock()
	defer o.mu.Unlock()
	log := o.log
	o.log = nil
	return log
}

// write is called with mu held, with at most pipeSize bytes.
func (o *output) write(p []byte) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 {
		o.emit(append(o.rest, p[:end]...))
		o.rest = o.rest[:0]
	}
	if o.rest = append(o.rest, p[end:]...); len(o.rest) >= maxLine {
		o.flush()
	}
}

// flush writes a line that the process did not end.
func (o *output) flush() {
	if len(o.rest) > 0 {
		o.emit(append(o.rest, '\n'))
		o.rest = o.rest[:0]
	}
}

func (o *output) emit(lines []byte) {
	if len(lines) == 0 {
		return
	}
	o.lines.write(lines)
	o.log = append(o.log, lines[max(0, len(lines)-maxLog):]...)
	o.log = o.log[max(0, len(o.log)-maxLog):]
}

// lines merges what several processes write, line by line.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) write(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.to.Write(p)
}
