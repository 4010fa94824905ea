//go:build !unix

package process

// wait waits for the process to write something, and reads it. It reports false at the
// end of the pipe.
func (o *output) wait() bool {
	n, err := o.pipe.Read(o.buf)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.write(o.buf[:n])
	return err == nil
}

// drain cannot read without waiting.
func (o *output) drain() {}
