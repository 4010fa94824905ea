//go:build amplify

package appsynctest

import (
	"bufio"
	"context"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
)

// The front end of examples/amplify, with Amplify's own client, sees what the
// mutations write. It needs that folder's packages, which 'make amplify' installs.
func TestFrontEnd(t *testing.T) {
	a := Start(t)
	submitted := make(chan object, 1)
	a.SubmitQuery(func(_ context.Context, event []byte) ([]byte, error) {
		job, err := submit(t, a, event)
		submitted <- job
		return marshal(job), err
	})
	lines := frontEnd(t, a)
	var job object
	select {
	case job = <-submitted:
	case line := <-lines:
		t.Fatalf("%q before a job was submitted", line)
	}
	id := job["id"]
	if want := `{"sessionId":"user-123"}`; job["metadata"] != want {
		t.Errorf("metadata %v, want %s", job["metadata"], want)
	}

	write := func(status, response string) {
		a.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id owner status response query createdAt updatedAt } }`,
			object{"input": object{"id": id, "status": status, "response": response}})
	}
	write("processing", "")
	if diff := cmp.Diff(object{"spinner": "Calling Claude API..."}, next(t, lines)); diff != "" {
		t.Fatalf("after processing (-want +got):\n%s", diff)
	}
	write("complete", "42 of them")
	for {
		got := next(t, lines)
		if _, again := got["spinner"]; again {
			continue
		}
		if diff := cmp.Diff(object{"response": "42 of them"}, got); diff != "" {
			t.Fatalf("after complete (-want +got):\n%s", diff)
		}
		return
	}
}

// submit creates the job that the front end asks for.
func submit(t *testing.T, a *API, event []byte) (object, error) {
	var request struct {
		Arguments struct {
			Query    string
			Metadata json.RawMessage
		}
	}
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	var answer struct {
		Data struct{ CreateQueryJob object }
	}
	err := json.Unmarshal(a.Query(t, `mutation ($input: CreateQueryJobInput!) {
		createQueryJob(input: $input) { id query status metadata createdAt updatedAt } }`,
		object{"input": object{"owner": "user", "query": request.Arguments.Query, "status": "pending", "metadata": string(request.Arguments.Metadata)}}), &answer)
	return answer.Data.CreateQueryJob, err
}

// frontEnd runs it and returns what it prints.
func frontEnd(t *testing.T, a *API) <-chan string {
	t.Helper()
	dir, err := find("examples/amplify")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--import", "tsx", "src/try.ts")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "APPSYNC_URL="+a.URL, "TOKEN="+a.Token("user", time.Hour))
	log := &tail{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		child.Kill(cmd)
		t.Logf("the front end said:\n%s", log.String())
	})
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return lines
}

func next(t *testing.T, lines <-chan string) object {
	t.Helper()
	select {
	case line, ok := <-lines:
		if !ok {
			t.Fatal("the front end ended")
		}
		return answer(t, json.RawMessage(line))
	case <-time.After(time.Minute):
		t.Fatal("the front end shows nothing")
	}
	return nil
}
