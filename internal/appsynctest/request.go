package appsynctest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// Query sends a query or mutation as a function does, and returns the answer.
func (a *API) Query(tb testing.TB, query string, variables map[string]any) json.RawMessage {
	tb.Helper()
	return a.QueryAs(tb, a.Function(), query, variables)
}

// QueryAs sends a query or mutation of a caller and returns the answer.
func (a *API) QueryAs(tb testing.TB, caller Caller, query string, variables map[string]any) json.RawMessage {
	tb.Helper()
	_, answer := a.Post(tb, marshal(map[string]any{"query": query, "variables": variables}), caller)
	return answer
}

// Post sends the body of a caller's request and returns the status and the answer.
func (a *API) Post(tb testing.TB, body []byte, caller Caller) (status int, answer json.RawMessage) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("appsynctest: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if err := caller(req, body); err != nil {
		tb.Fatalf("appsynctest: %v", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatalf("appsynctest: %v", err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	if err != nil {
		tb.Fatalf("appsynctest: %v", err)
	}
	return res.StatusCode, answer
}
