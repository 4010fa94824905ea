package appsynctest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
)

// SubmitQuery sets the function behind the mutation submitQuery, which has the
// signature of a lambda.Handler's Invoke. Its event is what Amplify's resolver sends.
func (a *API) SubmitQuery(invoke func(ctx context.Context, event []byte) ([]byte, error)) {
	a.function.invoke.Store(&invoke)
}

// function serves the function's invocations to the simulator.
type function struct {
	invoke atomic.Pointer[func(context.Context, []byte) ([]byte, error)]
}

func (f *function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	event, err := io.ReadAll(r.Body)
	if err != nil {
		fail(w, err.Error())
		return
	}
	invoke := f.invoke.Load()
	if invoke == nil {
		fail(w, "no function is set, see API.SubmitQuery")
		return
	}
	result, err := (*invoke)(r.Context(), event)
	if err != nil {
		fail(w, err.Error())
		return
	}
	_, _ = w.Write(result)
}

// fail answers as Lambda does for a function error.
func fail(w http.ResponseWriter, message string) {
	w.WriteHeader(http.StatusInternalServerError)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorMessage": message})
}
