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

// TestARefusedSubmitSaysWhy, and quotes nothing of the input.
func TestARefusedSubmitSaysWhy(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, func(o *jobhttp.Options) { o.MaxBody = 20 })
	call(t, h, "POST", "/", `"first"`, "Idempotency-Key", "k")
	for name, tt := range map[string]struct {
		media, body string
		status      int
		want        string
	}{
		"the default of curl": {"application/x-www-form-urlencoded", `"q"`, 415, "application/json"},
		"no JSON":             {"application/json", `secret`, 400, "input of a job in JSON"},
		"another type":        {"application/json", `{"secret":1}`, 400, "input of a job in JSON"},
		"two values":          {"application/json", `"a" "secret"`, 400, "nothing else"},
		"too large":           {"application/json", `"secret, and much more"`, 413, "more bytes"},
		"another input":       {"application/json", `"secret"`, 422, "Idempotency-Key"},
	} {
		w := call(t, h, "POST", "/", tt.body, "Content-Type", tt.media, "Idempotency-Key", "k")
		var problem struct{ Detail string }
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != tt.status || !strings.Contains(problem.Detail, tt.want) {
			t.Errorf("%s: %d %s, %v", name, w.Code, w.Body, err)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}
