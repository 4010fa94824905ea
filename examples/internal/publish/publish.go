// Package publish tells the subscribers of an AppSync API about jobs in a DynamoDB
// table. A write to the table by itself fires no subscription.
package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Job is what subscribers see.
type Job struct {
	ID        string    `dynamodbav:"id" json:"id"`
	Status    string    `dynamodbav:"status" json:"status"`
	Progress  int       `dynamodbav:"progress" json:"progress"`
	Output    string    `dynamodbav:"output" json:"output,omitempty"`
	Error     string    `dynamodbav:"error" json:"error,omitempty"`
	UpdatedAt time.Time `dynamodbav:"updatedAt" json:"updatedAt"`
}

// mutation selects every field. Subscribers get only fields that a mutation selects.
const mutation = `mutation ($job: JobInput!) { publishJob(job: $job) { id status progress output error updatedAt } }`

// Changes publishes each change of a job's status to the API at endpoint. A record
// that could not be published is reported to Lambda, which delivers it again. A record
// that is delivered twice is published twice.
func Changes(endpoint string, authorize appsyncstore.Authorizer) *streamproc.Dispatcher {
	return streamproc.New(func(ctx context.Context, r streamproc.Record[Job]) error {
		body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]any{"job": r.New}})
		if err == nil {
			err = post(ctx, endpoint, authorize, body)
		}
		if err != nil {
			return fmt.Errorf("publish job %q: %w", r.New.ID, err)
		}
		return nil
	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") })
}

// post sends a mutation. GraphQL responds with 200 to most failures too.
func post(ctx context.Context, endpoint string, authorize appsyncstore.Authorizer, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if err := authorize.Authorize(r, body); err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Errors []struct {
			Type    string `json:"errorType"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	switch {
	case err == nil && len(answer.Errors) > 0:
		return fmt.Errorf("%s: %s %s", resp.Status, answer.Errors[0].Type, answer.Errors[0].Message)
	case err != nil || resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: the response is not GraphQL", resp.Status)
	}
	return nil
}
