//go:build amplify

package appsynctest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// These tests run the front end of examples/amplify, with Amplify's own client. It needs
// that folder's packages, which 'make amplify' installs.

// TestFrontEnd sees a job that it submitted from the beginning to the end, in a table with
// 250 older jobs: more than a page of a list.
func TestFrontEnd(t *testing.T) {
	a := Start(t)
	for i := range 250 {
		a.createJob(t, "user", object{"query": fmt.Sprint("older ", i), "status": "complete", "response": "older"})
	}
	submitted := make(chan object, 1)
	a.SubmitQuery(func(_ context.Context, event []byte) ([]byte, error) {
		job, err := submit(t, a, event)
		submitted <- job
		return marshal(job), err
	})
	page := open(t, a.URL, a.Token("user", time.Hour), "")
	page.sees(`"job":`)
	job := <-submitted
	if want := `{"sessionId":"user-123"}`; job["metadata"] != want {
		t.Errorf("metadata %v, want %s", job["metadata"], want)
	}
	page.sees(`{"spinner":["Waiting …"]}`)
	id := job["id"].(string)
	a.updateJob(t, id, object{"status": "processing", "attempt": 1})
	page.sees(`{"spinner":["Working …"]}`)
	a.updateJob(t, id, object{"status": "processing", "attempt": 1, "progress": 10, "progressMessage": "calling the model"})
	page.sees(`{"spinner":["calling the model"]}`)
	a.updateJob(t, id, object{"status": "processing", "attempt": 1, "response": "42"})
	page.sees(`{"response":["42",false]}`)
	a.updateJob(t, id, object{"status": "complete", "attempt": 1, "response": "42 of them"})
	page.sees(`{"response":["42 of them",true]}`)
	page.ends()
}

// TestFrontEndOfJobsThatEndOtherwise shows an error in words, or that the job is gone.
func TestFrontEndOfJobsThatEndOtherwise(t *testing.T) {
	a := Start(t)
	for name, c := range map[string]struct {
		owner  string
		end    object
		before bool // the page is opened
		want   string
	}{
		"a failed job":                  {owner: "user", end: object{"status": "error", "error": "The model is not available."}, want: `{"error":["The model is not available."]}`},
		"a failed job without a reason": {owner: "user", end: object{"status": "error"}, want: `{"error":["Something went wrong."]}`},
		"a canceled job":                {owner: "user", end: object{"status": "error", "canceled": true, "error": "canceled"}, want: `{"error":["Canceled."]}`},
		"reloaded after the end":        {owner: "user", end: object{"status": "complete", "response": "42"}, before: true, want: `{"response":["42",true]}`},
		"another user's job":            {owner: "other", end: object{"status": "complete", "response": "42"}, before: true, want: `{"error":["This question does not exist any more."]}`},
		"a job that is gone":            {want: `{"error":["This question does not exist any more."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := "gone"
			if c.owner != "" {
				id = a.createJob(t, c.owner, object{"query": "why?", "status": "pending"})
			}
			if c.before {
				a.updateJob(t, id, c.end)
			}
			page := open(t, a.URL, a.Token("user", time.Hour), id)
			if c.owner != "" && !c.before {
				page.sees(`{"spinner":["Waiting …"]}`)
				a.updateJob(t, id, c.end)
			}
			page.sees(c.want)
		})
	}
}

// TestFrontEndDropsWhatIsOlder: events may come late.
func TestFrontEndDropsWhatIsOlder(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := open(t, a.URL, a.Token("user", time.Hour), id)
	page.sees(`{"spinner":["Waiting …"]}`)
	page.subscribed()
	now := time.Now().UTC()
	write := func(attempt int, at time.Time, message string) {
		a.updateJob(t, id, object{"status": "processing", "attempt": attempt, "progressMessage": message, "updatedAt": at.Format(time.RFC3339Nano)})
	}
	write(1, now.Add(time.Minute), "60 %")
	write(1, now.Add(30*time.Second), "10 %, late")
	write(2, now, "the second attempt, by another clock")
	write(1, now.Add(2*time.Minute), "the first attempt, late")
	a.updateJob(t, id, object{"status": "complete", "attempt": 2, "response": "42", "updatedAt": now.Add(time.Second).Format(time.RFC3339Nano)})
	page.sees(`{"response":["42",true]}`)
	if all := strings.Join(page.seen, ""); strings.Contains(all, "late") || !strings.Contains(all, "60 %") || !strings.Contains(all, "another clock") {
		t.Errorf("the page showed %s", all)
	}
}

// TestFrontEndOfClocksThatDiffer ends with the job, though the worker's clock is ahead of AppSync's, which another
// program's update has.
func TestFrontEndOfClocksThatDiffer(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := open(t, a.URL, a.Token("user", time.Hour), id, "EVERY=500")
	page.sees(`{"spinner":["Waiting …"]}`)
	page.subscribed()
	ahead := time.Now().UTC().Add(10 * time.Minute)
	a.updateJob(t, id, object{"status": "processing", "attempt": 1, "progressMessage": "ahead", "updatedAt": ahead.Format(time.RFC3339Nano)})
	page.sees(`{"spinner":["ahead"]}`)
	a.updateJob(t, id, object{"status": "complete", "response": "42"})
	page.sees(`{"response":["42",true]}`)
}

// TestFrontEndOfAnImportedRecord, which has less than the model requires.
func TestFrontEndOfAnImportedRecord(t *testing.T) {
	a := Start(t)
	item := map[string]types.AttributeValue{}
	for name, v := range map[string]string{"id": "imported", "owner": "user", "status": "complete", "response": "42"} {
		item[name] = &types.AttributeValueMemberS{Value: v}
	}
	if _, err := a.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &a.Table, Item: item}); err != nil {
		t.Fatal(err)
	}
	page := open(t, a.URL, a.Token("user", time.Hour), "imported")
	page.sees(`{"response":["42",true]}`)
}

// TestFrontEndThatLosesItsConnection while the job ends reads when it is connected again.
func TestFrontEndThatLosesItsConnection(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	line := newCable(t, a.URL, true)
	page := open(t, line.url, a.Token("user", time.Hour), id, "EVERY=3600000")
	page.sees(`{"spinner":["Waiting …"]}`)
	page.subscribed()
	line.cut()
	page.sees(`{"trouble":`)
	a.updateJob(t, id, object{"status": "complete", "response": "42"})
	line.mend()
	page.sees(`{"response":["42",true]}`)
}

// TestFrontEndOfAUserWhoSignsIn later: without a user, Amplify's client ends a subscription and says so to no one.
func TestFrontEndOfAUserWhoSignsIn(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	page := open(t, a.URL, "", id, "EVERY=2000")
	page.sees(`{"trouble":`)
	if _, err := io.WriteString(page.input, a.Token("user", time.Hour)); err != nil {
		t.Fatal(err)
	}
	page.sees(`{"spinner":["Waiting …"]}`)
	page.subscribed()
	a.updateJob(t, id, object{"status": "complete", "response": "42"})
	page.sees(`{"response":["42",true]}`)
}

// TestFrontEndReadsWhatAnEventLacks: the mutation of another program may select less than the page
// does. Then its event is null, or lacks what it does not name.
func TestFrontEndReadsWhatAnEventLacks(t *testing.T) {
	a := Start(t)
	done := object{"status": "complete", "response": "42", "attempt": 1}
	answer, broken, canceled := `{"response":["42",true]}`, `{"error":["The model is not available."]}`, `{"error":["Canceled."]}`
	for name, c := range map[string]struct {
		selected string
		end      object
		want     string
	}{
		"a required field":          {`id owner`, done, answer},
		"other fields":              {`id owner status createdAt`, done, answer},
		"the answer":                {`id owner status attempt createdAt updatedAt`, done, answer},
		"the error":                 {`id owner status canceled createdAt updatedAt`, object{"status": "error", "error": "The model is not available."}, broken},
		"that it is a cancel":       {`id owner status error createdAt updatedAt`, object{"status": "error", "error": "canceled", "canceled": true}, canceled},
		"an answer, as it has none": {shown, object{"status": "complete"}, `{"response":["",true]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
			page := open(t, a.URL, a.Token("user", time.Hour), id, "EVERY=3600000")
			page.sees(`{"spinner":["Waiting …"]}`)
			page.subscribed()
			end := maps.Clone(c.end)
			end["id"] = id
			a.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { `+c.selected+` } }`, object{"input": end})
			page.sees(c.want)
			page.ends()
		})
	}
}

// TestFrontEndWithoutWebSockets, which a proxy may refuse, reads from time to time.
func TestFrontEndWithoutWebSockets(t *testing.T) {
	a := Start(t)
	id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
	line := newCable(t, a.URL, false)
	page := open(t, line.url, a.Token("user", time.Hour), id, "EVERY=500")
	page.sees(`{"spinner":["Waiting …"]}`)
	a.updateJob(t, id, object{"status": "complete", "response": "42"})
	page.sees(`{"response":["42",true]}`)
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

const shown = `id owner query status response error canceled progress progressMessage attempt createdAt updatedAt`

func (a *API) createJob(t *testing.T, owner string, input object) (id string) {
	t.Helper()
	input["owner"] = owner
	var answer struct {
		Data struct{ CreateQueryJob struct{ ID string } }
	}
	raw := a.Query(t, `mutation ($input: CreateQueryJobInput!) { createQueryJob(input: $input) { `+shown+` } }`, object{"input": input})
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Data.CreateQueryJob.ID == "" {
		t.Fatalf("createQueryJob answered %s, %v", raw, err)
	}
	return answer.Data.CreateQueryJob.ID
}

func (a *API) updateJob(t *testing.T, id string, input object) {
	t.Helper()
	input["id"] = id
	raw := a.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { `+shown+` } }`, object{"input": input})
	if strings.Contains(string(raw), `"errors"`) {
		t.Fatalf("updateQueryJob answered %s", raw)
	}
}
