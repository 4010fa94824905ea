package lambdalocal

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// apiListener serves the Invoke API on loopback for the processes of an [Executable].
// It starts with the first process.
type apiListener struct {
	mu     sync.Mutex
	server *http.Server
	addr   string
}

func (a *apiListener) url(api http.Handler) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server == nil {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		a.server, a.addr = &http.Server{Handler: api, ReadHeaderTimeout: time.Minute}, listener.Addr().String()
		go a.server.Serve(listener)
	}
	return "http://" + a.addr, nil
}

func (a *apiListener) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server != nil {
		a.server.Close()
	}
}
