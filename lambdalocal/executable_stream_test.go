package lambdalocal_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestExecutableStreams reads the first event while the program waits before the
// second.
func TestExecutableStreams(t *testing.T) {
	t.Run("lambdaurl", func(t *testing.T) { testStream(t, "stream", streaming) }) // for function URLs only
	for _, program := range []string{"lambdahttp.Stream", "selfinvoke.Wrap"} {
		for name, front := range streamFronts {
			t.Run(program+" "+name, func(t *testing.T) { testStream(t, program, front) })
		}
	}
}

func testStream(t *testing.T, program string, front func(*lambdalocal.Function) http.Handler) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", lambdalocal.Executable{Path: os.Args[0], Env: []string{"PROGRAM=" + program}, Output: &logBuffer{}},
		func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	seen := make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-seen }))
	defer gate.Close()
	server := httptest.NewServer(front(fn))
	defer server.Close()
	resp, err := http.Get(server.URL + "?ask=" + url.QueryEscape(gate.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if lines.Scan(); lines.Text() != "data: first" || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("the first line is %q of %v", lines.Text(), resp.Header)
	}
	close(seen)
	for lines.Scan() && lines.Text() != "data: second" {
	}
	if lines.Text() != "data: second" {
		t.Errorf("the last line is %q, %v\n%s", lines.Text(), lines.Err(), local.Trace())
	}
}

// TestExecutablePanicsMidway: the response breaks off, and the process serves on.
func TestExecutablePanicsMidway(t *testing.T) {
	local, log := newLocal(t)
	output := &logBuffer{}
	fn := add(t, local, "f", lambdalocal.Executable{Path: os.Args[0], Env: []string{"PROGRAM=panic midway"}, Output: output},
		func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	for range 2 {
		resp, _ := get(t, streaming(fn))
		got, err := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 || string(got) != "begun" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %d %q, %v; want a broken connection", resp.StatusCode, got, err)
		}
	}
	if !strings.Contains(log.String(), "PanicError") || !strings.Contains(output.String(), "the handler panicked") {
		t.Errorf("logged %s\nand %s", log, output)
	}
}
