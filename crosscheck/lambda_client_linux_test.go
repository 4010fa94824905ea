package crosscheck_test

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// The tests with AWS's runtime client for Node.js are built on Linux only, because it is
// made for Lambda's Linux.

// missing is what 'make tools' installs for the folder nodejs.
const missing = testenv.Missing("Node.js with the packages of crosscheck/nodejs")

// nodejs returns the path of node and of the folder with the packages.
func nodejs(t *testing.T) (node, folder string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		testenv.Check(t, missing)
	}
	folder, err = filepath.Abs("nodejs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules/aws-lambda-ric/dist/rapid-client.node")); err != nil {
		testenv.Check(t, missing)
	}
	return node, folder
}

// log keeps what the functions write.
type log struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// deployment is a Local with functions of AWS's runtime client for Node.js.
type deployment struct {
	*lambdalocal.Local
	node, folder string
	output       *log
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	node, folder := nodejs(t)
	local := lambdalocal.New(func(o *lambdalocal.Options) {
		o.Logger, o.WaitScale = slog.New(slog.DiscardHandler), 0.001
	})
	t.Cleanup(func() { local.Close() })
	return &deployment{local, node, folder, &log{}}
}

// add adds an exported function of a file of the folder.
func (d *deployment) add(t *testing.T, name, handler string, opts ...func(*lambdalocal.FunctionOptions)) *lambdalocal.Function {
	t.Helper()
	fn, err := d.AddFunction(name, lambdalocal.Executable{
		Path: d.node, Args: []string{"node_modules/aws-lambda-ric/bin/index.mjs", handler}, Dir: d.folder, Output: d.output,
	}, append([]func(*lambdalocal.FunctionOptions){func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute }}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return fn
}

// gate answers requests after open is called.
func gate(t *testing.T) (url string, open func()) {
	opened := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-opened }))
	open = sync.OnceFunc(func() { close(opened) })
	t.Cleanup(func() { open(); server.Close() })
	return server.URL, open
}

// sdk is the AWS SDK for JavaScript, in a process of its own.
type sdk struct {
	calls io.Writer
	lines *bufio.Scanner
}

// invocation is the input of an operation.
type invocation struct {
	FunctionName   string
	Qualifier      string `json:",omitempty"`
	InvocationType string `json:",omitempty"`
	LogType        string `json:",omitempty"`
	ClientContext  string `json:",omitempty"`
	Payload        string `json:",omitempty"`
}

// result is a line that the process prints: the result of a call, or an event of a
// stream.
type result struct {
	Status                  int
	Payload, FunctionError  string
	Version, Log, RequestID string
	Chunk                   string
	Complete                bool
	ErrorCode, ErrorDetails string
	Error, Message          string
}

func dialNode(t *testing.T, d *deployment) *sdk {
	t.Helper()
	server := httptest.NewServer(d.InvokeAPI())
	t.Cleanup(server.Close)
	cmd := exec.CommandContext(t.Context(), d.node, filepath.Join(d.folder, "client.mjs"), server.URL)
	cmd.Env, cmd.Stderr = append(os.Environ(), "NODE_NO_WARNINGS=1"), os.Stderr
	calls, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		calls.Close()
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, 16<<20)
	return &sdk{calls, scanner}
}

func (s *sdk) send(t *testing.T, operation string, input invocation) {
	t.Helper()
	err := json.NewEncoder(s.calls).Encode(map[string]any{"operation": operation, "input": input})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *sdk) next(t *testing.T) (r result) {
	t.Helper()
	if !s.lines.Scan() {
		t.Fatalf("the client has ended: %v", s.lines.Err())
	}
	if err := json.Unmarshal(s.lines.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, s.lines.Text())
	}
	return r
}

func (s *sdk) invoke(t *testing.T, input invocation) result {
	t.Helper()
	s.send(t, "Invoke", input)
	return s.next(t)
}
