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

// Each user sees the jobs that they have created. Who sent a request is what your session says:
// here a password, and behind API Gateway lambdahttp.AuthorizerFrom.
func ExampleNew() {
	user := func(r *http.Request) (string, error) {
		name, password, _ := r.BasicAuth()
		if !isPassword(name, password) {
			return "", jobhttp.ErrUnauthenticated
		}
		return name, nil
	}
	jobs := memstore.New[string, string]()
	mux := http.NewServeMux()
	mux.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user))))

	r := httptest.NewRequest("POST", "/jobs/", strings.NewReader(`"What were sales last month?"`))
	r.SetBasicAuth("ada", "the password of ada")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "order-7") // optional
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	location := w.Header().Get("Location")
	fmt.Println(w.Code, location)

	for _, who := range []string{"ada", "bob"} {
		r = httptest.NewRequest("GET", path.Join("/jobs", location), nil)
		r.SetBasicAuth(who, "the password of "+who)
		w = httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(who, w.Code, strings.Contains(w.Body.String(), `"status":"pending"`))
	}
	// Output:
	// 202 ./91c13fe503d7916e5b4462fd722c217f
	// ada 200 true
	// bob 404 false
}

// isPassword stands for a look-up in your users.
func isPassword(name, password string) bool { return password == "the password of "+name }

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
