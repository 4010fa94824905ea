//go:build amplify

package appsynctest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// cable is a connection to the API that can be cut.
type cable struct {
	url     string
	sockets bool // no: WebSockets, the only requests with GET, are refused

	mu     sync.Mutex
	broken bool
	conns  map[net.Conn]bool
}

func newCable(t *testing.T, target string, sockets bool) *cable {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{url: "http://" + listener.Addr().String() + to.Path, sockets: sockets, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { listener.Close(); c.cut() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go c.forward(conn, to.Host)
		}
	}()
	return c
}

func (c *cable) forward(conn net.Conn, host string) {
	defer conn.Close()
	up, err := net.Dial("tcp", host)
	if err != nil || !c.add(conn) {
		return
	}
	defer up.Close()
	in := bufio.NewReader(conn)
	if method, _ := in.Peek(3); !c.sockets && string(method) == http.MethodGet {
		return
	}
	go func() {
		_, _ = io.Copy(up, in)
		up.Close()
	}()
	_, _ = io.Copy(conn, up)
}

func (c *cable) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns[conn] = true
	return !c.broken
}

// cut closes all connections, and refuses new ones until mend.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = true
	for conn := range c.conns {
		conn.Close()
	}
	clear(c.conns)
}

func (c *cable) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = false
}
