package appsynctest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// Query sends a query or mutation with the API key, as a front end does, and returns
// the answer.
func (a *API) Query(tb testing.TB, query string, variables map[string]any) json.RawMessage {
	tb.Helper()
	body := marshal(map[string]any{"query": query, "variables": variables})
	_, answer := a.Post(tb, body, func(r *http.Request) { r.Header.Set("X-Api-Key", a.APIKey) })
	return answer
}

// Post sends body with the headers that authorize sets, and returns the status and
// the answer.
func (a *API) Post(tb testing.TB, body []byte, authorize func(*http.Request)) (status int, answer json.RawMessage) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("appsynctest: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	authorize(req)
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
