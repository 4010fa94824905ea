package lambdalocal_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestExitLeavesNoChild: the processes of a test binary end when it does. Only Linux
// can do that without a race.
func TestExitLeavesNoChild(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	local, _ := newLocal(t)
	addProgram(t, local, "f", "leave a child")
	if _, failed := call[any](t, local, "f", `"`+listener.Addr().String()+`"`); !strings.Contains(failed, "exit status 5") {
		t.Fatalf("got %s", failed)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("a process still holds the connection: %v", err)
	}
}
