package jobhttp_test

import (
	"cmp"
	"context"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type region struct{}

// TestPathValuesOfTheMuxInFront reach the Authorize, as does the context: users of the same name in
// two tenants would else be one caller.
func TestPathValuesOfTheMuxInFront(t *testing.T) {
	jobs := memstore.New[string, string]()
	api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](func(r *http.Request) (string, error) {
		in, _ := r.Context().Value(region{}).(string)
		return in + "/" + r.PathValue("id") + "/" + r.Header.Get("User"), nil
	}))
	mux := http.NewServeMux()
	mux.HandleFunc("/tenants/{id}/jobs/", func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), region{}, cmp.Or(r.Header.Get("Region"), "eu")))
		http.StripPrefix("/tenants/"+r.PathValue("id")+"/jobs", api).ServeHTTP(w, r)
	})
	id := decode(t, call(t, mux, "POST", "/tenants/acme/jobs/", `"q"`, "User", "ann")).ID
	if created, err := jobs.Get(t.Context(), id); err != nil || created.Caller != "eu/acme/ann" {
		t.Errorf("created %+v, %v", created, err)
	}
	for _, path := range []string{"", "?wait=1ms", "/events"} {
		if w := call(t, mux, "HEAD", "/tenants/acme/jobs/"+id+path, "", "User", "ann"); w.Code != 200 {
			t.Errorf("%s of the tenant: %d", path, w.Code)
		}
		if w := call(t, mux, "GET", "/tenants/other/jobs/"+id+path, "", "User", "ann"); w.Code != 404 {
			t.Errorf("%s of another tenant: %d", path, w.Code)
		}
		if w := call(t, mux, "GET", "/tenants/acme/jobs/"+id+path, "", "User", "ann", "Region", "us"); w.Code != 404 {
			t.Errorf("%s of another region: %d", path, w.Code)
		}
	}
	if w := call(t, mux, "DELETE", "/tenants/other/jobs/"+id, "", "User", "ann"); w.Code != 404 {
		t.Errorf("a cancel of another tenant: %d", w.Code)
	}
}
