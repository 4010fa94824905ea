//go:build amplify

package appsynctest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
)

// page is a front end, and what it has shown.
type page struct {
	t     *testing.T
	input io.WriteCloser
	lines <-chan string
	seen  []string
}

// open runs the front end. It submits a question, or shows the job with the ID.
func open(t *testing.T, url, token, id string, env ...string) *page {
	t.Helper()
	if id != "" {
		env = append(env, "JOB="+id)
	}
	return run(t, "src/try.ts", url, token, env...)
}

// run runs a program of examples/amplify.
func run(t *testing.T, program, url, token string, env ...string) *page {
	t.Helper()
	dir, err := find("examples/amplify")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--import", "tsx", program)
	cmd.Dir = dir
	cmd.Env = append(append(cmd.Environ(), "APPSYNC_URL="+url, "TOKEN="+token), env...)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &tail{}
	cmd.Stderr = log
	out, in, err := os.Pipe() // a StdoutPipe is closed at the end, with what is unread
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = in
	_, err = child.Start(cmd)
	in.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		child.Kill(cmd)
		t.Logf("the front end said:\n%s", log.String())
	})
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer out.Close()
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return &page{t: t, input: input, lines: lines}
}

// sees waits until the page shows what begins so.
func (p *page) sees(want string) {
	p.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("the front end ended after %q, without %s", p.seen, want)
			}
			if p.seen = append(p.seen, line); strings.HasPrefix(strings.TrimPrefix(line, "{"), strings.TrimPrefix(want, "{")) {
				return
			}
		case <-timeout:
			p.t.Fatalf("the front end showed %q, and not %s", p.seen, want)
		}
	}
}

const subscribed = `{"subscribed":[]}`

// subscribed waits for the subscription.
func (p *page) subscribed() {
	p.t.Helper()
	if !slices.Contains(p.seen, subscribed) {
		p.sees(subscribed)
	}
}

// ends waits until nothing keeps the front end busy.
func (p *page) ends() {
	p.t.Helper()
	before := len(p.seen)
	p.drain()
	for _, line := range p.seen[before:] {
		if line != subscribed {
			p.t.Errorf("after the end the front end showed %s", line)
		}
	}
}

// drain waits for the process to end.
func (p *page) drain() {
	p.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return
			}
			p.seen = append(p.seen, line)
		case <-timeout:
			p.t.Fatalf("the front end goes on after %q", p.seen)
		}
	}
}
