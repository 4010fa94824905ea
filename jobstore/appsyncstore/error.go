package appsyncstore

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Error is an error of AppSync: the first of the answer's GraphQL errors, or an HTTP
// error. It is a [smithy.APIError]. Its code is Type without a prefix such as DynamoDB:
// in DynamoDB:ConditionalCheckFailedException.
//
// It never quotes AppSync's message, which may quote the request. Message has the names
// of the schema that are in it.
type Error struct {
	Type    string // errorType, such as Unauthorized; may be empty
	Message string // in words of this package
	Status  int    // of HTTP: 200 for most errors of GraphQL

	nested  bool // of a field; the object exists
	invalid bool // of the whole request, which had no effect
	again   bool // another try may do
	after   time.Duration
}

var _ smithy.APIError = (*Error)(nil)

func (e *Error) Error() string {
	text := fmt.Sprintf("AppSync answered %d", e.Status)
	if e.Type != "" {
		text += " " + e.Type
	}
	return text + ": " + e.Message + e.hint()
}

// hint names the usual cause of a refusal.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/grant-lambda-function-access-to-api/
func (e *Error) hint() string {
	if strings.Contains(e.Message, "expired") {
		return " (the token or the credentials have expired: let their source return new ones)"
	}
	switch e.ErrorCode() {
	case "ExpiredTokenException", "ExpiredToken":
		return " (the credentials have expired)"
	case "Unauthorized", "UnauthorizedException", "AccessDeniedException":
		return " (a Lambda function needs allow.resource(...) in the schema's authorization," +
			" and its defineFunction resourceGroupName: 'data')"
	case "InvalidSignatureException", "UnrecognizedClientException":
		return " (are the credentials and the Region those of the API's account, and is the clock right?)"
	}
	return ""
}

// ErrorCode implements [smithy.APIError].
func (e *Error) ErrorCode() string { return e.Type[strings.LastIndexByte(e.Type, ':')+1:] }

// ErrorMessage implements [smithy.APIError].
func (e *Error) ErrorMessage() string { return e.Message }

// ErrorFault implements [smithy.APIError].
func (e *Error) ErrorFault() smithy.ErrorFault {
	if e.Status >= http.StatusInternalServerError {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}

// HTTPStatusCode is for the retryer.
func (e *Error) HTTPStatusCode() int { return e.Status }

// refused is true of a write whose condition was false.
func refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.ErrorCode() == "ConditionalCheckFailedException"
}

// partial is true of an error of some fields of an object that exists. A mutation with
// such an error has taken effect.
func partial(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.nested
}

// invalid is true of a request that AppSync or DynamoDB would refuse at any time.
func invalid(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.invalid || e.ErrorCode() == "ValidationException")
}

// permanent marks an error that no further call changes as [jobstore.ErrInvalid] or
// [jobstore.ErrTooLarge], so that no trigger repeats it.
func (s *Store[In, Out]) permanent(err error) error {
	var e *Error
	switch {
	case errors.Is(err, jobstore.ErrInvalid) || !errors.As(err, &e):
		return err
	case e.Status == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", jobstore.ErrTooLarge, err)
	case e.invalid || e.ErrorCode() == "InvalidArgumentsError":
		return &SchemaError{Model: s.model, cause: err}
	case invalid(err):
		return fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	return err
}
