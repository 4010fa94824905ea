package jobhttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"time"

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

// A page that the server renders watches its job without a session. The keys come from a
// secret of the deployment.
func ExampleIssueToken() {
	tokens, err := jobhttp.NewReadTokens("jobs of production", []byte("32 random bytes, from a secret.."))
	if err != nil {
		fmt.Println(err)
		return
	}
	jobs := memstore.New[string, string]()
	api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](func(*http.Request) (string, error) { return "", jobhttp.ErrUnauthenticated }),
		func(o *jobhttp.Options) { o.ReadTokens = tokens })

	job, err := jobs.Create(context.Background(), "What were sales last month?")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, query := range []string{"", "?token=" + jobhttp.IssueToken(tokens, job, 5*time.Minute)} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest("GET", "/"+job.ID+query, nil))
		fmt.Println(w.Code)
	}
	// Output:
	// 401
	// 200
}
