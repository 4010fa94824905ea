package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// errRefused is wrapped by errors about a question that is malformed or empty.
var errRefused = errors.New("refused")

// questions is the store as the page's API sees it: a question without text is refused, as
// submitquery does.
type questions struct{ queryjob.Jobs }

// Unwrap keeps what else the store can do.
func (q questions) Unwrap() jobstore.JobStore[string, string] { return q.Jobs }

// Create implements jobstore.JobStore.
func (q questions) Create(ctx context.Context, question string, opts ...func(*jobstore.CreateOptions)) (*job, error) {
	if strings.TrimSpace(question) == "" {
		return nil, fmt.Errorf("%w: the question is empty", jobstore.ErrInvalid)
	}
	return q.Jobs.Create(ctx, question, opts...)
}

// submit passes the mutation's arguments to its function and returns the job as JSON.
func (a *app) submit(ctx context.Context, arguments []byte) (json.RawMessage, error) {
	var args struct {
		Query string `json:"query"`
	}
	if err := json.Unmarshal(arguments, &args); err != nil || strings.TrimSpace(args.Query) == "" {
		return nil, fmt.Errorf("%w: want a JSON object with a query", errRefused)
	}
	event, err := json.Marshal(map[string]any{"arguments": json.RawMessage(arguments)})
	if err != nil {
		return nil, err
	}
	out, err := a.local.Client().Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("submitquery"), Payload: event})
	if err != nil {
		return nil, err
	}
	if out.FunctionError != nil {
		return nil, fmt.Errorf("submitquery: %s", out.Payload)
	}
	return out.Payload, nil
}
