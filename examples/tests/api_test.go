package tests

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func TestOthersDoNotSeeAJob(t *testing.T) {
	api := newAPI(memstore.New[string, string]())
	call := func(user, method, path, body string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
		r.Header.Set("X-User", user)
		r.Header.Set("Content-Type", "application/json")
		api.ServeHTTP(w, r)
		return w
	}
	location := call("ada", "POST", "/", `"Sales?"`).Header().Get("Location")
	path := strings.TrimPrefix(location, ".") // it is relative to the request
	if code := call("ada", "GET", path, "").Code; code != 200 {
		t.Errorf("the job's creator gets %d", code)
	}
	if code := call("bob", "GET", path, "").Code; code != 404 {
		t.Errorf("another user gets %d", code)
	}
}
