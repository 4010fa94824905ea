// Package dynamotest gives tests a DynamoDB endpoint: the one that the variable
// DYNAMODB_ENDPOINT names, or a dynoxide server of the test process's own.
package dynamotest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
)

// Endpoint returns the URL of a DynamoDB endpoint. Without one the test fails and
// says how to get one; with -short it is skipped.
func Endpoint(tb testing.TB) string {
	tb.Helper()
	endpoint, err := start()
	testenv.Check(tb, err)
	return endpoint
}

const errNone = testenv.Missing("a DynamoDB server (dynoxide, or DYNAMODB_ENDPOINT)")

// start finds or starts the server once for the process.
var start = sync.OnceValues(func() (string, error) {
	if endpoint := os.Getenv("DYNAMODB_ENDPOINT"); endpoint != "" {
		return endpoint, reachable(endpoint)
	}
	binary, err := find()
	if err != nil {
		return "", err
	}
	return serve(binary)
})

func reachable(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return fmt.Errorf("DYNAMODB_ENDPOINT is not a URL such as http://127.0.0.1:8000")
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"https": "443"}[u.Scheme])
	}
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		return fmt.Errorf("DYNAMODB_ENDPOINT: %w", err)
	}
	return conn.Close()
}

// find looks for .bin/dynoxide in the working directory and above, and for
// dynoxide on the PATH.
func find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		local := filepath.Join(dir, ".bin", "dynoxide")
		if _, err := os.Stat(local); err == nil {
			return local, nil
		}
	}
	if path, err := exec.LookPath("dynoxide"); err == nil {
		return path, nil
	}
	return "", errNone
}

// serve starts binary on a free port. The server ends with the test process.
func serve(binary string) (string, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	addr := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(binary, "--host", "127.0.0.1", "-p", port)
	if _, err := child.Start(cmd); err != nil {
		return "", fmt.Errorf("%s: %w", binary, err)
	}
	return "http://" + addr, accept(addr)
}

func accept(addr string) error {
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("dynoxide does not accept connections: %w", err)
		}
		<-time.After(10 * time.Millisecond)
	}
}
