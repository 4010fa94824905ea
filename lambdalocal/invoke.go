package lambdalocal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Lambda's limits in bytes (AWS "gettingstarted-limits", API_Invoke). For a
// response Lambda's own error message names a little more than 6 MB.
const (
	maxRequest  = 6 << 20
	maxResponse = 6<<20 + 100
	maxEvent    = 1 << 20
)

func (c *Client) invoke(ctx context.Context, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, &aws.RequestCanceledError{Err: err}
	}
	fn, arn, version, err := c.local.resolve(aws.ToString(in.FunctionName), aws.ToString(in.Qualifier))
	if err != nil {
		return nil, err
	}
	inv := newInvocation(fn, arn)
	if inv.payload, err = checkPayload(in); err != nil {
		return nil, err
	}
	out := &lambda.InvokeOutput{ExecutedVersion: aws.String(version)}
	middleware.SetRequestIDMetadata(&out.ResultMetadata, inv.requestID)
	switch in.InvocationType {
	case types.InvocationTypeEvent:
		out.StatusCode = http.StatusAccepted
		return out, inv.enqueue()
	case types.InvocationTypeDryRun:
		out.StatusCode = http.StatusNoContent
		return out, nil
	case types.InvocationTypeRequestResponse, "":
		return out, inv.respond(ctx, in, out)
	}
	return nil, &types.InvalidParameterValueException{
		Message: aws.String(fmt.Sprintf("InvocationType: unknown value %q", in.InvocationType)),
	}
}

// respond fills out with the function's answer.
func (i *invocation) respond(ctx context.Context, in *lambda.InvokeInput, out *lambda.InvokeOutput) (err error) {
	if i.client, err = clientContext(aws.ToString(in.ClientContext)); err != nil {
		return err
	}
	result, err := i.wait(ctx)
	if err != nil {
		return err
	}
	out.StatusCode, out.Payload = http.StatusOK, result.payload
	if result.err != nil {
		out.FunctionError, out.Payload = aws.String("Unhandled"), result.err.payload()
	}
	return nil
}

// wait runs the invocation and returns early when ctx ends.
func (i *invocation) wait(ctx context.Context) (outcome, error) {
	if err := i.fn.local.begin(); err != nil {
		return outcome{}, err
	}
	done := make(chan outcome, 1)
	go func() {
		defer i.fn.local.work.Done()
		done <- i.run()
	}()
	select {
	case result := <-done:
		return result, nil
	case <-ctx.Done():
		return outcome{}, &aws.RequestCanceledError{Err: ctx.Err()}
	}
}

func checkPayload(in *lambda.InvokeInput) ([]byte, error) {
	limit := maxRequest
	if in.InvocationType == types.InvocationTypeEvent {
		limit = maxEvent
	}
	if len(in.Payload) > limit {
		return nil, &types.RequestTooLargeException{Message: aws.String(fmt.Sprintf(
			"%d byte payload is too large for the %s invocation type (limit %d bytes)",
			len(in.Payload), in.InvocationType, limit))}
	}
	if len(in.Payload) == 0 {
		return []byte("{}"), nil
	}
	if !json.Valid(in.Payload) {
		return nil, invalidContent("Could not parse request body into json")
	}
	return bytes.Clone(in.Payload), nil
}

func clientContext(encoded string) (client lambdacontext.ClientContext, err error) {
	if encoded == "" {
		return client, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(decoded, &client) != nil {
		return client, invalidContent("Client context must be a valid Base64-encoded JSON object.")
	}
	return client, nil
}

func invalidContent(message string) error {
	return &types.InvalidRequestContentException{Message: aws.String(message)}
}
