package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// errRefused is wrapped by errors about a question that is malformed or empty.
var errRefused = errors.New("refused")

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
