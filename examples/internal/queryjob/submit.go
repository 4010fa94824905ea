// Package queryjob is a chatbot whose answers take longer than an HTTP request may.
// One function submits a question, another answers it.
package queryjob

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Jobs stores the questions and answers.
type Jobs = jobstore.JobStore[string, string]

// MaxQuery is the longest question, in bytes.
const MaxQuery = 8 << 10

// Submission is the event of a mutation.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html
type Submission struct {
	Arguments struct {
		Query    string         `json:"query"`
		Metadata map[string]any `json:"metadata"`
	} `json:"arguments"`
}

// Submitted is the new job. It has the question under the name that the GraphQL schema
// gives it.
type Submitted struct {
	*jobstore.Job[string, string]
	Query string `json:"query"`
}

// Submit creates the job and returns it at once. The table's stream triggers the work.
func Submit(jobs Jobs) lambda.Handler {
	return lambda.NewHandler(func(ctx context.Context, s Submission) (*Submitted, error) {
		if strings.TrimSpace(s.Arguments.Query) == "" {
			return nil, errors.New("arguments.query is empty")
		}
		if len(s.Arguments.Query) > MaxQuery {
			return nil, fmt.Errorf("arguments.query is longer than %d bytes", MaxQuery)
		}
		job, err := jobs.Create(ctx, s.Arguments.Query, func(o *jobstore.CreateOptions) {
			o.Metadata = s.Arguments.Metadata
		})
		if err != nil {
			return nil, err
		}
		return &Submitted{job, job.Input}, nil
	})
}
