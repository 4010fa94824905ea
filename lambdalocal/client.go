package lambdalocal

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"
)

// Client invokes functions of a Local with the types of the AWS SDK: it fits
// wherever code asks for the Invoke method of *lambda.Client only.
type Client struct{ local *Local }

// Client returns a client of all functions, also of those added later.
func (l *Local) Client() *Client { return &Client{local: l} }

// Invoke does what API_Invoke does, within the process.
//
//   - RequestResponse, the default, returns the function's response. A failed
//     function is not an error of Invoke: FunctionError is "Unhandled" and the
//     payload has errorMessage and errorType. When ctx ends first, Invoke
//     returns and the function runs on.
//   - Event queues a copy of the payload and returns 202; see
//     FunctionOptions.MaxRetries for what follows.
//   - DryRun returns 204 and invokes nothing.
//
// The function may be addressed by name, partial ARN or ARN, with a qualifier
// in it or in Qualifier. No payload means {}. ClientContext reaches the
// function with RequestResponse only. LogType, TenantId, DurableExecutionName
// and the option functions are ignored.
//
// Errors have the SDK's types: *types.ResourceNotFoundException,
// *types.RequestTooLargeException (over 6 MB, or 1 MB for Event),
// *types.InvalidRequestContentException (not JSON) and
// *types.InvalidParameterValueException; after Close it is ErrClosed. All come
// in the SDK's *smithy.OperationError.
func (c *Client) Invoke(ctx context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	if in == nil {
		in = &lambda.InvokeInput{}
	}
	out, err := c.invoke(ctx, in)
	if err != nil {
		return nil, &smithy.OperationError{ServiceID: "Lambda", OperationName: "Invoke", Err: err}
	}
	return out, nil
}
