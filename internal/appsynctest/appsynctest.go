package appsynctest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
)

// API is a running AppSync API. The methods are safe for concurrent use.
type API struct {
	URL      string // of queries and mutations
	Realtime string // of subscriptions, a WebSocket
	Region   string
	APIKey   string
	Table    string // of the model QueryJob, with a stream of new and old images
	Endpoint string // of the DynamoDB server that has the table

	key      []string // of the table
	function function
}

// Start returns the API of this test process, which ends with it. Everything under
// it is started by the first call. Without Node.js, the simulator's packages or a
// DynamoDB server the test fails and says how to get them; with -short it is skipped.
func Start(tb testing.TB) *API {
	tb.Helper()
	endpoint := dynamotest.Endpoint(tb)
	once.Do(func() { shared, errStart = start(endpoint) })
	testenv.Check(tb, errStart)
	return shared
}

var (
	once     sync.Once
	shared   *API
	errStart error
)

// StartFolder returns an API of its own, which the files schema.graphql,
// resolvers.json and the templates that this names define; see simulator/api.mjs.
// Its resolvers have no table.
func StartFolder(tb testing.TB, folder string) *API {
	tb.Helper()
	a := newAPI(dynamotest.Endpoint(tb))
	testenv.Check(tb, a.run("API_FOLDER="+folder))
	return a
}

// StartVariant returns an API of its own, with a table: the one that Amplify generates for
// the model of that name in examples/amplify/variants. key are the model's identifier.
func StartVariant(tb testing.TB, name string, key ...string) *API {
	tb.Helper()
	a := newAPI(dynamotest.Endpoint(tb))
	testenv.Check(tb, a.createTable(key...))
	testenv.Check(tb, a.run("API_VARIANT="+name))
	return a
}

func newAPI(endpoint string) *API {
	return &API{Region: "us-east-1", APIKey: "da2-fakekeyfortests", Endpoint: endpoint}
}

func start(endpoint string) (*API, error) {
	a := newAPI(endpoint)
	if err := a.createTable("id"); err != nil {
		return nil, err
	}
	return a, a.run()
}

// run starts the simulator.
func (a *API) run(env ...string) error {
	dir, err := find("internal/appsynctest/simulator")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".installed")); err != nil {
		return testenv.Missing("the AppSync simulator")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return testenv.Missing("Node.js")
	}
	cmd := exec.Command(node, "server.mjs")
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), a.environment(httptest.NewServer(&a.function).URL)...), env...)
	return a.serve(cmd)
}

func (a *API) environment(functionURL string) []string {
	keys, _ := json.Marshal(accessKeys)
	return []string{
		"DYNAMODB_ENDPOINT=" + a.Endpoint, "TABLE=" + a.Table, "REGION=" + a.Region, "API_KEY=" + a.APIKey,
		"USER_POOL=" + userPool, "ACCESS_KEYS=" + string(keys), "FUNCTION_URL=" + functionURL,
	}
}

// serve starts cmd and waits for the line that says where it listens.
func (a *API) serve(cmd *exec.Cmd) error {
	var log tail
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if _, err := child.Start(cmd); err != nil {
		return err
	}
	late := time.AfterFunc(time.Minute, func() { child.Kill(cmd) })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if !late.Stop() || err != nil {
		return fmt.Errorf("the AppSync simulator did not start within a minute, or ended: %w\n%s", err, log.String())
	}
	var at struct{ URL, Realtime string }
	if err := json.Unmarshal(line, &at); err != nil {
		return fmt.Errorf("the AppSync simulator said %q: %w", line, err)
	}
	a.URL, a.Realtime = at.URL, at.Realtime
	return nil
}

// find looks for a folder of the repository from the working directory upwards.
func find(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name), nil
		}
	}
	return "", fmt.Errorf("no %s above the working directory", name)
}

// tail keeps the last of what is written to it: the simulator logs every request
// that fails.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = bytes.Clone(t.buf[over:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
