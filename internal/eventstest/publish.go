package eventstest

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	maxEvents = 5
	maxEvent  = 240_000 // bytes
)

// publish answers a request to publish.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if answer := s.next(); answer != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer(w, r)
		return
	}
	if err := s.signed(r, body); err != nil {
		refuse(w, http.StatusUnauthorized, "UnauthorizedException", err.Error())
		return
	}
	s.Take(w, body)
}

// next counts a request, and returns what answers it.
func (s *Server) next() (answer http.HandlerFunc) {
	s.change(func() {
		s.requests++
		if len(s.answers) > 0 {
			answer, s.answers = s.answers[0], s.answers[1:]
		}
	})
	return answer
}

type request struct {
	Channel string
	Events  []json.RawMessage
}

// Take publishes the events of a request's body without a check of the sender, and answers.
func (s *Server) Take(w http.ResponseWriter, body []byte) {
	var in request
	err := json.Unmarshal(body, &in)
	switch {
	case err != nil || !known(in.Channel):
		refuse(w, http.StatusBadRequest, "BadRequestException", "Invalid channel or body")
		return
	case len(in.Events) == 0 || len(in.Events) > maxEvents:
		refuse(w, http.StatusBadRequest, "BadRequestException", "Invalid number of events")
		return
	}
	type result struct {
		Identifier string `json:"identifier"`
		Index      int    `json:"index"`
		Code       int    `json:"code,omitempty"`
		Message    string `json:"message,omitempty"`
	}
	successful, failed := []result{}, []result{}
	for i, quoted := range in.Events {
		id := fmt.Sprintf("event-%d", i)
		var event string
		if json.Unmarshal(quoted, &event) != nil || !json.Valid([]byte(event)) || len(quoted) > maxEvent {
			failed = append(failed, result{id, i, http.StatusBadRequest, "Invalid event"})
			continue
		}
		successful = append(successful, result{Identifier: id, Index: i})
		s.broadcast(normal(in.Channel), event)
	}
	answer(w, http.StatusOK, map[string]any{"successful": successful, "failed": failed})
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, map[string]any{"errors": []any{map[string]string{"errorType": kind, "message": message}}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/appsync/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$`)

// signed checks a request's signature, by making it anew.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func (s *Server) signed(r *http.Request, body []byte) error {
	got := r.Header.Get("Authorization")
	parts := authorization.FindStringSubmatch(got)
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if parts == nil || err != nil || time.Since(at).Abs() > 5*time.Minute {
		return errors.New("a valid Authorization header is not provided")
	}
	again, err := http.NewRequest(r.Method, s.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(parts[1], ";") {
		if v := r.Header.Get(name); v != "" && name != "x-amz-date" && name != "x-amz-security-token" {
			again.Header.Set(name, v)
		}
	}
	keys, err := s.cfg.Credentials.Retrieve(r.Context())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(r.Context(), keys, again, hex.EncodeToString(sum[:]), "appsync", s.cfg.Region, at); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(got), []byte(again.Header.Get("Authorization"))) == 0 {
		return errors.New("the signature does not match")
	}
	return nil
}
