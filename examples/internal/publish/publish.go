// Package publish tells the subscribers of an AppSync API about jobs in a DynamoDB
// table. A write to the table by itself fires no subscription.
package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Job is what subscribers see. Output is JSON, of whatever type the outputs are.
type Job struct {
	ID              string    `json:"id"`
	Status          string    `json:"status"`
	Progress        int       `json:"progress"`
	ProgressMessage string    `json:"progressMessage,omitempty"`
	Output          string    `json:"output,omitempty"`
	Error           string    `json:"error,omitempty"`
	Canceled        bool      `json:"canceled"`
	Omitted         bool      `json:"omitted"` // the output is too large to publish; get the job
	UpdatedAt       time.Time `json:"updatedAt"`
	Version         string    `json:"version"` // the greatest is the newest
}

func jobOf[Out any](e jobevents.Event[Out]) (j Job, err error) {
	j = Job{
		ID: e.ID, Status: string(e.Status), Progress: e.Progress, ProgressMessage: e.ProgressMessage, Error: e.Error,
		Canceled: e.Canceled, Omitted: e.Omitted, UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	if e.Output != nil {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // which would take six times the bytes
		if encoder.Encode(e.Output) != nil {
			err = fmt.Errorf("a %T does not encode as JSON", e.Output) // a method's error may quote a value
		}
		j.Output = strings.TrimSuffix(text.String(), "\n")
	}
	return j, err
}

// mutation selects every field. Subscribers get only fields that a mutation selects.
const mutation = `mutation ($job: JobInput!) { publishJob(job: $job) {
	id status progress progressMessage output error canceled omitted updatedAt version } }`

// maxBytes is AppSync's limit of an event, 240 KB, without what is around a job in it.
// jobevents counts an output as it is here, as a text that holds JSON.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxBytes = 235_000

// Changes publishes each change of a job that a client can see to the API at endpoint, with
// progress and partial output. A record that could not be published is reported to Lambda,
// which delivers it again. A record that is delivered twice is published twice. The options are
// those of jobevents.Changes: a table with other names needs the Layout of its store.
func Changes[Out any](endpoint string, authorize appsyncstore.Authorizer, opts ...func(*jobevents.Options)) (*streamproc.Dispatcher, error) {
	api, err := outbound.New(endpoint, 30*time.Second)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return jobevents.Changes(func(ctx context.Context, e jobevents.Event[Out]) error {
		job, err := jobOf(e)
		if err == nil {
			err = publish(ctx, api, authorize, job)
		}
		if err != nil {
			return fmt.Errorf("publish job %q: %w", e.ID, err)
		}
		return nil
	}, append([]func(*jobevents.Options){func(o *jobevents.Options) { o.MaxEventBytes = maxBytes }}, opts...)...), nil
}

func publish(ctx context.Context, api *outbound.Client, authorize appsyncstore.Authorizer, job Job) error {
	body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]any{"job": job}})
	if err != nil {
		return err
	}
	return post(ctx, api, authorize, body)
}

// post sends a mutation. GraphQL responds with 200 to most failures too. The message of
// an error may quote the job, so the error has only its type.
func post(ctx context.Context, api *outbound.Client, authorize appsyncstore.Authorizer, body []byte) error {
	response, err := api.Post(ctx, body, authorize.Authorize)
	if mended(authorize, err) {
		response, err = api.Post(ctx, body, authorize.Authorize)
	}
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

// mended is true when another try may be let in: the local clock was wrong, by which the request
// was signed, or the token source may have another token.
func mended(authorize appsyncstore.Authorizer, err error) bool {
	var status *outbound.StatusError
	own, ok := authorize.(appsyncauth.Authorizer)
	return ok && errors.As(err, &status) && (own.Refused(status.Code, status.Date) || own.Expired(status.Code))
}
