package jobhttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleNew() {
	jobs := memstore.New[string, string]()
	http.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(jobs, jobhttp.AllowAll)))

	r := httptest.NewRequest("POST", "/jobs/", strings.NewReader(`"What were sales last month?"`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "order-7") // optional
	w := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, r)
	location := w.Header().Get("Location")
	fmt.Println(w.Code, location)

	w = httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest("GET", path.Join("/jobs", location), nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `"status":"pending"`))
	// Output:
	// 202 ./b1c184a66b2f5c7647d141221bc3a9df
	// 200 true
}
