package jobhttp_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func user(r *http.Request) (string, error) { return r.Header.Get("User"), nil }

// TestCallersAreApart: a caller cannot read, watch, cancel, or create under the key of,
// another caller's job, and does not learn that it exists.
func TestCallersAreApart(t *testing.T) {
	jobs := memstore.New[string, string]()
	h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user))
	create := func(name string) string {
		return decode(t, call(t, h, "POST", "/", `"q"`, "User", name, "Idempotency-Key", "k")).ID
	}
	id := create("ann")
	if create("ann") != id || create("bob") == id {
		t.Error("a key is not of its caller")
	}
	if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "of-none" }); err != nil { // by another program
		t.Fatal(err)
	}
	for _, path := range []string{id, "of-none", "missing", "a%01b"} {
		for _, tt := range [][2]string{{"GET", ""}, {"HEAD", ""}, {"DELETE", ""}, {"GET", "/events"}} {
			if w := call(t, h, tt[0], "/"+path+tt[1], "", "User", "bob"); w.Code != 404 || w.Header().Get("ETag") != "" {
				t.Errorf("%s /%s%s: %d", tt[0], path, tt[1], w.Code)
			}
			if w := call(t, h, tt[0], "/"+path+tt[1], ""); w.Code != 401 {
				t.Errorf("%s /%s%s without a user: %d", tt[0], path, tt[1], w.Code)
			}
		}
	}
	w := call(t, h, "GET", "/"+id, "", "User", "ann")
	if w = call(t, h, "GET", "/"+id, "", "User", "ann", "If-None-Match", w.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("a known version: %d", w.Code)
	}
	if w := call(t, h, "DELETE", "/"+id, "", "User", "ann"); w.Code != 200 || !decode(t, w).Canceled {
		t.Errorf("DELETE: %d %s", w.Code, w.Body)
	}
}

// TestAFormCreatesNoJob: a page of another site can send only the types of forms.
func TestAFormCreatesNoJob(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll)
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json", "text/plain; charset=application/json", "text/plain, application/json", "application/jsonp"} {
		if w := call(t, h, "POST", "/", `"q"`, "Content-Type", media); w.Code != 415 {
			t.Errorf("%q: %d", media, w.Code)
		}
	}
}

// TestARefusedRequestReadsNothing: the first call of the Authorize comes before the store.
func TestARefusedRequestReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			t.Error("the store is read")
			return &job{ID: "1"}, nil
		}), jobhttp.OwnJobs[string, string](user))
		for _, path := range []string{"/1", "/1?wait=1s", "/1/events"} {
			for _, method := range []string{"GET", "HEAD", "DELETE"} {
				if w := call(t, h, method, path, ""); w.Code < 400 {
					t.Errorf("%s %s: %d", method, path, w.Code)
				}
				synctest.Wait()
			}
		}
	})
}
