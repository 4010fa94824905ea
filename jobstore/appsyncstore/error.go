package appsyncstore

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
)

// Error is AppSync's refusal: the first of the answer's GraphQL errors, or an HTTP
// error. It is a [smithy.APIError], whose code is Type without what stands before
// a colon, as in DynamoDB:ConditionalCheckFailedException.
type Error struct {
	Type    string // errorType, such as Unauthorized; may be empty
	Message string
	Status  int // of HTTP: 200 for most errors of GraphQL

	nested  bool // of a field of the object, which is there
	invalid bool // of the whole request: AppSync has done nothing of it
}

var _ smithy.APIError = (*Error)(nil)

func (e *Error) Error() string {
	text := fmt.Sprintf("AppSync answered %d", e.Status)
	if e.Type != "" {
		text += " " + e.Type
	}
	return text + ": " + e.Message + e.hint()
}

// hint names what most often is behind a refused function.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/grant-lambda-function-access-to-api/
func (e *Error) hint() string {
	switch e.ErrorCode() {
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

// HTTPStatusCode is what the retryer goes by.
func (e *Error) HTTPStatusCode() int { return e.Status }

// refused is true of a conditional write whose condition did not hold.
func refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.ErrorCode() == "ConditionalCheckFailedException"
}

// partial is true of an error of some fields of an object that is there: a
// mutation with such an error has taken effect.
func partial(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.nested
}

// invalid is true of a request that is not valid GraphQL for the schema, or whose item
// DynamoDB does not take: it would not be at another time.
func invalid(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.invalid || e.ErrorCode() == "ValidationException")
}
