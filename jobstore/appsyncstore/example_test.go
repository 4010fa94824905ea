package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// appSync stands for the API of the examples. It answers mutations, and prints what
// a subscriber would see.
func appSync() *httptest.Server {
	job := map[string]any{}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Query     string
			Variables struct{ Input map[string]any }
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		maps.Copy(job, request.Variables.Input)
		op := root.FindStringSubmatch(request.Query)[1]
		fmt.Println(op, job["status"], job["progressMessage"], job["response"])
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{op: job}})
	}))
}

// A job, from its creation to its end.
func ExampleNew() {
	api := appSync()
	defer api.Close()
	ctx := context.Background()
	cfg := aws.Config{Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "")}
	// In a function: config.LoadDefaultConfig, and os.Getenv("APPSYNC_URL").
	jobs, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.IAM(cfg))
	if err != nil {
		panic(err)
	}
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, job.ID, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		jobstore.Report(ctx, 10, "calling the model")
		return "12 % up", nil
	})
	fmt.Println(err)
	// Output:
	// createQueryJob pending <nil> <nil>
	// updateQueryJob processing <nil> <nil>
	// updateQueryJob processing calling the model <nil>
	// updateQueryJob complete calling the model 12 % up
	// <nil>
}

// A model with names of its own, and a field that subscribers want besides.
func ExampleOptions() {
	_, err := appsyncstore.New[string, string]("https://example.appsync-api.eu-central-1.amazonaws.com/graphql", "Report", appsyncstore.APIKey("da2-example"), func(o *appsyncstore.Options) {
		o.Fields.Input, o.Fields.Output = "question", "answer"
		o.Select = []string{"team"}
	})
	fmt.Println(err)
	// Output: <nil>
}

// A store that acts for a user, with the token of a Cognito user pool.
func ExampleToken() {
	current := func(context.Context) (string, error) { return "", errors.New("not signed in") }
	jobs, err := appsyncstore.New[string, string]("https://example.appsync-api.eu-central-1.amazonaws.com/graphql", "QueryJob", appsyncstore.Token(current))
	if err != nil {
		panic(err)
	}
	_, err = jobs.Get(context.Background(), "some-job")
	fmt.Println(err)
	// Output: jobstore: get job "some-job": authorize: not signed in
}

// A function that the schema does not let in.
func ExampleError() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data": null, "errors": [{"path": ["getQueryJob"], "errorType": "Unauthorized",
			"message": "Not Authorized to access getQueryJob on type Query"}]}`)
	}))
	defer api.Close()
	jobs, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-example"))
	if err != nil {
		panic(err)
	}
	_, err = jobs.Get(context.Background(), "some-job")
	var e *appsyncstore.Error
	if errors.As(err, &e) {
		fmt.Println(e.Type)
	}
	fmt.Println(err)
	// Output:
	// Unauthorized
	// jobstore: get job "some-job": AppSync answered 200 Unauthorized: its message is withheld; it names getQueryJob, Query (a Lambda function needs allow.resource(...) in the schema's authorization, and its defineFunction resourceGroupName: 'data')
}
