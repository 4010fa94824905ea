package jobtask_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestWorkerAndTheEventsOfOthers: what other services send is an error, whose batch the
// service keeps, and starts and sweeps nothing.
func TestWorkerAndTheEventsOfOthers(t *testing.T) {
	for name, event := range map[string]string{
		"SQS":                        `{"Records":[{"messageId":"1","body":"secret","eventSource":"aws:sqs"}]}`,
		"SNS":                        `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"secret"}}]}`,
		"S3":                         `{"Records":[{"eventSource":"aws:s3","s3":{"object":{"key":"secret"}}}]}`,
		"Kinesis":                    `{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"secret"}}]}`,
		"no records":                 `{"Records":[]}`,
		"null records":               `{"Records":null}`,
		"records that are an object": `{"Records":{"eventSource":"aws:dynamodb"}}`,
		"records and a schedule":     `{"Records":[],"source":"aws.events","detail-type":"Scheduled Event"}`,
		"Kafka":                      `{"eventSource":"aws:kafka","records":{"t-0":[{"value":"secret"}]}}`,
		"Cognito":                    `{"version":"1","triggerSource":"PreSignUp_SignUp","request":{"x":"secret"}}`,
		"Step Functions":             `{"input":"secret"}`,
		"a rule on an event":         `{"version":"0","source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{"x":"secret"}}`,
		"a custom source":            `{"version":"0","source":"my.app","detail-type":"Scheduled Event","detail":{"x":"secret"}}`,
		"a function URL":             `{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":"secret"}`,
		"a load balancer":            `{"requestContext":{"elb":{"targetGroupArn":"a"}},"httpMethod":"GET","path":"/secret"}`,
		"WebSocket":                  `{"requestContext":{"routeKey":"$default","connectionId":"c"},"body":"secret"}`,
		"a URL with a schedule":      `{"requestContext":{"http":{}},"detail-type":"Scheduled Event","source":"aws.events"}`,
		"a schedule's other input":   `{"jobs":"secret"}`,
		"a schedule as text":         `"{\"source\":\"aws.events\",\"detail-type\":\"Scheduled Event\"}"`,
		"a nested schedule":          `{"detail":{"source":"aws.events","detail-type":"Scheduled Event"}}`,
		"null":                       `null`,
		"a list of schedules":        `[{"source":"aws.events","detail-type":"Scheduled Event"}]`,
		"a cut schedule":             `{"source":"aws.events","detail-type":"Scheduled Event"`,
	} {
		t.Run(name, func(t *testing.T) {
			jobs, client := memstore.New[string, string](), &queue{}
			if _, err := jobs.Create(t.Context(), "in"); err != nil {
				t.Fatal(err)
			}
			swept := false
			h := jobtask.Worker("work", client, jobs, answer, still, func(o *jobtask.WorkerOptions) {
				o.OnSweep = func(context.Context, jobstore.Swept) { swept = true }
			})
			out, err := h.Invoke(invocation(), []byte(event))
			var trigger *jobtask.EventError
			var stream *streamproc.EventError
			if !errors.As(err, &trigger) && !errors.As(err, &stream) || out != nil {
				t.Fatalf("answered %s, %v, want an *EventError", out, err)
			}
			if swept || len(client.events) > 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("swept is %t, %d events, %v", swept, len(client.events), err)
			}
		})
	}
}
