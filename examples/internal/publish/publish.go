// Package publish tells the subscribers of an AppSync API about jobs in a DynamoDB
// table. A write to the table by itself fires no subscription.
package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
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
func Changes(endpoint string, authorize appsyncstore.Authorizer) (*streamproc.Dispatcher, error) {
	api, err := outbound.New(endpoint, 30*time.Second)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return streamproc.New(func(ctx context.Context, r streamproc.Record[Job]) error {
		body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]any{"job": r.New}})
		if err == nil {
			err = post(ctx, api, authorize, body)
		}
		if err != nil {
			return fmt.Errorf("publish job %q: %w", r.New.ID, err)
		}
		return nil
	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }), nil
}

// post sends a mutation. GraphQL responds with 200 to most failures too. The message of
// an error may quote the job, so the error has only its type.
func post(ctx context.Context, api *outbound.Client, authorize appsyncstore.Authorizer, body []byte) error {
	response, err := api.Post(ctx, body, authorize.Authorize)
	if err != nil {
		return err
	}
	defer response.Close()
	var answer struct {
		Data   *struct{}
		Errors []struct {
			Type string `json:"errorType"`
		} `json:"errors"`
	}
	err = json.NewDecoder(response).Decode(&answer)
	switch {
	case err == nil && len(answer.Errors) > 0:
		return fmt.Errorf("AppSync refused the mutation: %q", outbound.Code(answer.Errors[0].Type))
	case err != nil || answer.Data == nil:
		return errors.New("the response is not GraphQL")
	}
	return nil
}
