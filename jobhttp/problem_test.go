package jobhttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestEachRefusalIsAProblem: those of the router too.
func TestEachRefusalIsAProblem(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll)
	for request, want := range map[string]struct {
		status int
		allow  string
	}{
		"GET /a/b/c":         {404, ""},
		"GET //":             {404, ""},
		"GET /a/":            {404, ""},
		"GET /missing":       {404, ""},
		"GET /a%2Fevents":    {404, ""},
		"PUT /":              {405, "GET, HEAD, POST"},
		"OPTIONS /":          {405, "GET, HEAD, POST"},
		"POST /a":            {405, "DELETE, GET, HEAD"},
		"PATCH /a":           {405, "DELETE, GET, HEAD"},
		"DELETE /a/events":   {405, "GET, HEAD"},
		"GET /x?wait=no":     {400, ""},
		"GET /?limit=no":     {400, ""},
		"DELETE /missing":    {404, ""},
		"POST /a/token":      {404, ""},
		"CONNECT /a":         {405, "DELETE, GET, HEAD"},
		"GET /missing/token": {404, ""},
	} {
		method, path, _ := strings.Cut(request, " ")
		w := call(t, h, method, path, "")
		var problem struct {
			Status        int
			Title, Detail string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
			t.Errorf("%s: %d %s: %v", request, w.Code, w.Body, err)
			continue
		}
		if w.Code != want.status || problem.Status != want.status || problem.Title != http.StatusText(want.status) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v %s, want %d", request, w.Code, w.Header(), w.Body, want.status)
		}
		if got := w.Header().Get("Allow"); got != want.allow {
			t.Errorf("%s: Allow: %s, want %q", request, got, want.allow)
		}
	}
}
