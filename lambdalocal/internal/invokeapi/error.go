package invokeapi

import (
	"encoding/json"
	"net/http"
)

// Error is an error of the API, from which the SDKs make their typed errors.
type Error struct {
	Status  int
	Code    string
	Message string
	Reason  string // of a throttled call
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// capital are the errors whose message is in a member Message instead of message.
var capital = map[string]bool{"ResourceNotFoundException": true, "RecursiveInvocationException": true}

// Write writes the error. The request ID is a header of its own.
//
// Source: localstack/localstack 8b9a79f0, test_lambda.snapshot.json, test_invoke_exceptions and
// test_reserved_concurrency, and API_Invoke.
func (e *Error) Write(w http.ResponseWriter) {
	body := map[string]string{"message": e.Message}
	if capital[e.Code] {
		body = map[string]string{"Message": e.Message}
	}
	if e.Code != "ValidationException" {
		body["Type"] = e.kind()
	}
	if e.Reason != "" {
		body["Reason"] = e.Reason
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", e.Code)
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(body)
}

func (e *Error) kind() string {
	if e.Status >= http.StatusInternalServerError {
		return "Service"
	}
	return "User"
}
