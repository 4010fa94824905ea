package jobhttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleNew() {
	jobs := memstore.New[string, string]()
	http.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(jobs)))

	r := httptest.NewRequest("POST", "/jobs/", strings.NewReader(`"What were sales last month?"`))
	r.Header.Set("Idempotency-Key", "order-7") // optional
	w := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Location"))

	w = httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, httptest.NewRequest("GET", "/jobs/order-7", nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `"status":"pending"`))
	// Output:
	// 202 ./order-7
	// 200 true
}
