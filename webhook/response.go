package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Response is the response to a webhook. The zero value is 200 without a body, which
// is what most providers expect.
type Response struct {
	Status int // 200 to 599, default 200
	Header http.Header
	Body   []byte
}

// Text returns a plain text response.
func Text(text string) Response {
	return Response{Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(text)}
}

// JSON returns a response with v in JSON. Its error names the type and shows nothing of v.
func JSON(v any) (Response, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return Response{}, fmt.Errorf("webhook: JSON: %T does not encode", v)
	}
	return Response{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, nil
}

func (r Response) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

func (r Response) check() error {
	if s := r.status(); s < 200 || s > 599 {
		return fmt.Errorf("webhook: Response: the status %d is outside 200 to 599", s)
	}
	return nil
}

func (r Response) write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = slices.Clone(values) // adding a value must not write into r
	}
	w.WriteHeader(r.status())
	_, _ = w.Write(r.Body)
}

// refuse answers with problem details (RFC 9457) that contain only the status.
func refuse(w http.ResponseWriter, status int) {
	body := fmt.Sprintf(`{"status":%d,"title":%q}`, status, http.StatusText(status))
	Response{Status: status, Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: []byte(body)}.write(w)
}
