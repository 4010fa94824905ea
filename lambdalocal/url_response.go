package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

// urlResponse is what a function returned, as an HTTP response.
type urlResponse struct {
	status  int
	headers map[string]string
	cookies []string
	body    []byte
}

// parseURLResponse reads a function's result. One without a statusCode is the
// body of a 200 itself: a JSON string is sent unquoted, any other value as JSON.
func parseURLResponse(payload []byte) (*urlResponse, error) {
	var r struct {
		StatusCode      *int              `json:"statusCode"`
		Headers         map[string]string `json:"headers"`
		Cookies         []string          `json:"cookies"`
		Body            string            `json:"body"`
		IsBase64Encoded bool              `json:"isBase64Encoded"`
	}
	if !json.Valid(payload) {
		return nil, fmt.Errorf("the result is no JSON")
	}
	if err := json.Unmarshal(payload, &r); err != nil || r.StatusCode == nil {
		return inferred(payload, err)
	}
	if *r.StatusCode < 100 || *r.StatusCode > 599 {
		return nil, fmt.Errorf("statusCode: %d is no HTTP status", *r.StatusCode)
	}
	response := &urlResponse{*r.StatusCode, r.Headers, r.Cookies, []byte(r.Body)}
	if r.IsBase64Encoded {
		var err error
		if response.body, err = base64.StdEncoding.DecodeString(r.Body); err != nil {
			return nil, fmt.Errorf("body: isBase64Encoded is set, but it is no base64")
		}
	}
	return response, nil
}

// inferred is the response of a function that returns no statusCode; one that
// returns it beside fields of the wrong type has made a mistake.
func inferred(payload []byte, mismatch error) (*urlResponse, error) {
	var marked struct {
		StatusCode json.RawMessage `json:"statusCode"`
	}
	if json.Unmarshal(payload, &marked) == nil && marked.StatusCode != nil {
		return nil, fmt.Errorf("a field of the response has the wrong type: %w", mismatch)
	}
	body := payload
	var text string
	if json.Unmarshal(payload, &text) == nil && string(payload) != "null" {
		body = []byte(text)
	}
	return &urlResponse{http.StatusOK, nil, nil, body}, nil
}

func (r *urlResponse) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	for name, value := range r.headers {
		w.Header().Set(name, value)
	}
	for _, c := range r.cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(r.status)
	w.Write(r.body)
}
