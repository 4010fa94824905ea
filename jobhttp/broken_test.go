package jobhttp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// faulty is an output that cannot be shown.
type faulty struct{ panics bool }

func (f faulty) MarshalJSON() ([]byte, error) {
	if f.panics {
		panic("secret")
	}
	return nil, errors.New("secret")
}

// oneBroken has the job "of-ann" as get returns it, and no others.
type oneBroken struct {
	jobstore.JobStore[string, faulty]
	get func() (*jobstore.Job[string, faulty], error)
}

func (s oneBroken) Get(_ context.Context, id string) (*jobstore.Job[string, faulty], error) {
	if id != "of-ann" {
		return nil, &jobstore.Error{Op: "get", ID: id, Err: jobstore.ErrNotFound}
	}
	return s.get()
}

// TestAnothersBrokenJobLooksMissing: a job that does not decode, or whose view cannot be made, is an
// error for its own caller only.
func TestAnothersBrokenJobLooksMissing(t *testing.T) {
	ofAnn := func(panics bool) *jobstore.Job[string, faulty] {
		return &jobstore.Job[string, faulty]{ID: "of-ann", Caller: "ann", Status: jobstore.Complete, Output: faulty{panics}}
	}
	for name, get := range map[string]func() (*jobstore.Job[string, faulty], error){
		"does not decode":              func() (*jobstore.Job[string, faulty], error) { return ofAnn(false), jobstore.ErrDecode },
		"is malformed":                 func() (*jobstore.Job[string, faulty], error) { return ofAnn(false), errMalformed },
		"has nothing that can be read": func() (*jobstore.Job[string, faulty], error) { return nil, jobstore.ErrDecode },
		"is malformed from end to end": func() (*jobstore.Job[string, faulty], error) { return nil, errMalformed },
		"has an output without JSON":   func() (*jobstore.Job[string, faulty], error) { return ofAnn(false), nil },
		"has an output that panics":    func() (*jobstore.Job[string, faulty], error) { return ofAnn(true), nil },
		"panics, and does not decode":  func() (*jobstore.Job[string, faulty], error) { return ofAnn(true), jobstore.ErrDecode },
		"belongs to a caller of no name": func() (*jobstore.Job[string, faulty], error) {
			return &jobstore.Job[string, faulty]{ID: "of-ann"}, jobstore.ErrDecode
		},
	} {
		h := jobhttp.New(oneBroken{get: get}, jobhttp.OwnJobs[string, faulty](user), quick, func(o *jobhttp.Options) {
			o.ReadTokens, o.Logger = readTokens(t, "test", newKey), slog.New(slog.DiscardHandler)
		})
		for _, request := range []string{"GET /%s", "HEAD /%s", "GET /%s?wait=1ms", "GET /%s/events", "HEAD /%s/events", "DELETE /%s", "POST /%s/token"} {
			there, missing := sendAsBob(t, h, fmt.Sprintf(request, "of-ann")), sendAsBob(t, h, fmt.Sprintf(request, "missing"))
			if there != missing || !strings.HasPrefix(there, "404") {
				t.Errorf("a job that %s: "+request+": %s, but of no job: %s", name, "of-ann", there, missing)
			}
		}
	}
}

var errMalformed = fmt.Errorf("%w: %w", jobstore.ErrDecode, jobstore.ErrInvalid)

// sendAsBob returns all of the answer.
func sendAsBob(t *testing.T, h http.Handler, request string) string {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Header.Set("User", "bob")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return fmt.Sprint(w.Code, w.Header(), w.Body)
}
