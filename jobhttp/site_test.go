package jobhttp_test

import (
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestOtherSitesLearnNothing: without X-Frame-Options an object of another site loads with a
// job that its visitor may see, and fails without one. So does a prefetch without
// Cross-Origin-Resource-Policy. Seen in Chromium 156.
func TestOtherSitesLearnNothing(t *testing.T) {
	jobs := memstore.New[string, string]()
	for _, id := range []string{"1", "done"} {
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := jobs.Cancel(t.Context(), "done", ""); err != nil {
		t.Fatal(err)
	}
	h := jobhttp.New(jobs, jobhttp.AllowAll)
	for _, request := range []string{"GET /", "POST /", "GET /1", "GET /2", "GET /done/events", "GET /2/events", "DELETE /1", "PUT /1", "GET /a/b/c", "GET /1//"} {
		method, path, _ := strings.Cut(request, " ")
		header := call(t, h, method, path, `"q"`).Header()
		for name, want := range map[string]string{
			"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", request, name, got, want)
			}
		}
	}
}
