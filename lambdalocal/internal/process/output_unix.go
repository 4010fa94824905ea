//go:build unix

package process

import "syscall"

// wait waits for the process to write something, and reads it. It reports false at the
// end of the pipe.
func (o *output) wait() bool {
	conn, err := o.pipe.SyscallConn()
	if err != nil {
		return false
	}
	open := true
	err = conn.Read(func(fd uintptr) bool {
		n, err := o.readNow(fd)
		open = n > 0
		return err != syscall.EAGAIN
	})
	return err == nil && open
}

// drain reads what is in the pipe now, without waiting. So what a process wrote before
// it answered is read before its answer is passed on.
func (o *output) drain() {
	conn, err := o.pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		for read := 0; read < pipeSize; {
			n, err := o.readNow(fd)
			if err != nil || n <= 0 {
				return
			}
			read += n
		}
	})
}

// readNow holds the lock from reading to writing, so that two readers do not change
// the order.
func (o *output) readNow(fd uintptr) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		n, err := syscall.Read(int(fd), o.buf)
		if err == syscall.EINTR {
			continue
		}
		if n > 0 {
			o.write(o.buf[:n])
		}
		return n, err
	}
}
