package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestOwner: the job is of the user who AppSync says is signed in, whatever the arguments say.
func TestOwner(t *testing.T) {
	var sent []map[string]any
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Variables struct{ Input map[string]any }
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		sent = append(sent, request.Variables.Input)
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer api.Close()
	jobs, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, identity := range []string{`null`, `{}`, `{"username":"owner"}`, `{"sub":"user"}`} {
		var s submission
		event := `{"identity":` + identity + `,"arguments":{"query":"why?","owner":"owner","metadata":{"owner":"owner","maxAttempts":1000000}}}`
		if err := json.Unmarshal([]byte(event), &s); err != nil {
			t.Fatal(err)
		}
		if _, err := submit(t.Context(), jobs, s); err == nil {
			t.Errorf("%s: the API has refused it", identity)
		}
	}
	if len(sent) != 1 || sent[0]["owner"] != "user" || sent[0]["maxAttempts"] == 1000000.0 {
		t.Errorf("sent %v, want one job of the user", sent)
	}
}
