// Command submit-query is the function behind the mutation submitQuery. It creates a job
// and returns it at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

const (
	maxQuery = 8 << 10             // bytes
	keep     = 30 * 24 * time.Hour // then DynamoDB deletes the job, at no cost
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	jobs, err := appsyncstore.New[string, string](os.Getenv("APPSYNC_URL"), "QueryJob", appsyncstore.IAM(cfg), func(o *appsyncstore.Options) {
		o.Select, o.Retention = []string{"owner"}, keep // Amplify filters subscriptions by the owner
	})
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(func(ctx context.Context, s submission) (*submitted, error) { return submit(ctx, jobs, s) })
}

// submission is the event of the mutation.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
type submission struct {
	Identity struct {
		Sub string `json:"sub"` // the user's ID, which AppSync has verified
	} `json:"identity"`
	Arguments struct {
		Query    string         `json:"query"`
		Metadata map[string]any `json:"metadata"`
	} `json:"arguments"`
}

// submitted is the new job, with the schema's name of its input.
type submitted struct {
	*jobstore.Job[string, string]
	Query string `json:"query"`
}

func submit(ctx context.Context, jobs jobstore.JobStore[string, string], s submission) (*submitted, error) {
	switch query := s.Arguments.Query; {
	case s.Identity.Sub == "":
		return nil, errors.New("no user is signed in")
	case strings.TrimSpace(query) == "" || len(query) > maxQuery:
		return nil, fmt.Errorf("the query is empty or longer than %d bytes", maxQuery)
	}
	ctx = appsyncstore.WithFields(ctx, map[string]any{"owner": s.Identity.Sub})
	job, err := jobs.Create(ctx, s.Arguments.Query, func(o *jobstore.CreateOptions) {
		o.Metadata = s.Arguments.Metadata
	})
	if err != nil {
		return nil, err
	}
	return &submitted{job, job.Input}, nil
}
