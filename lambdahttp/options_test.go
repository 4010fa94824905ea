package lambdahttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

func TestBasePath(t *testing.T) {
	const v2, v1, mapped, rest = `{"version":"2.0","rawPath":"PATH","requestContext":{"stage":"live","http":{"method":"GET","path":"PATH"}}}`,
		`{"version":"1.0","httpMethod":"GET","path":"PATH","requestContext":{"stage":"live","domainName":"f.execute-api.eu-west-1.amazonaws.com"}}`,
		`{"version":"1.0","httpMethod":"GET","path":"PATH","requestContext":{"stage":"live","domainName":"api.example.com"}}`,
		`{"httpMethod":"GET","path":"PATH","requestContext":{"stage":"live"}}`
	for _, tt := range []struct{ event, path, want string }{
		{rest, "/api/v1/pets", "/pets"},
		{rest, "/api/v1", "/"},
		{rest, "/api/v1/", "/"},
		{rest, "/pets", "/pets"},
		{rest, "/api/v10/pets", "/api/v10/pets"},
		{rest, "/api/v1/api/v1/a", "/api/v1/a"},
		{rest, "/api/v1//a%2Fb", "//a%2Fb"},
		{rest, "/api/v1%2Fpets", "/api/v1%2Fpets"},
		{rest, "/%61pi/v1/a%2Fb", "/%61pi/v1/a%2Fb"},
		{v1, "/live/api/v1/pets", "/pets"},
		{v1, "/api/v1/pets", "/pets"},
		{mapped, "/api/v1/pets", "/pets"},
		{mapped, "/live/api/v1/pets", "/live/api/v1/pets"},
		{v2, "/live/api/v1/pets", "/pets"},
		{v2, "/api/v1/live", "/live"},
		{v2, "/live", "/"},
	} {
		var got seen
		h := lambdahttp.Wrap(watch(&got), func(o *lambdahttp.Options) { o.BasePath = "/api/v1" })
		invoked(t, h, strings.ReplaceAll(tt.event, "PATH", tt.path))
		if got.EscapedPath != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got.EscapedPath, tt.want)
		}
	}
}

// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda
const healthCheck = `{"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET","path":"/","queryStringParameters":{},` +
	`"headers":{"user-agent":"ELB-HealthChecker/2.0"},"body":"","isBase64Encoded":false}`

var healthy = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

func TestHealthChecks(t *testing.T) {
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	answering := lambdahttp.Wrap(teapot, func(o *lambdahttp.Options) { o.HealthCheck = healthy })
	multiValue := strings.Replace(healthCheck, `"headers":{"user-agent":"ELB-HealthChecker/2.0"}`, `"multiValueHeaders":{"user-agent":["ELB-HealthChecker/2.0"]}`, 1)
	for _, tt := range []struct {
		name   string
		h      lambda.Handler
		event  string
		status string
	}{
		{"a health check", answering, healthCheck, "200"},
		{"with multi-value headers", answering, multiValue, "200"},
		{"by default", lambdahttp.Wrap(teapot), healthCheck, "418"},
		{"another client", answering, strings.Replace(healthCheck, "ELB-HealthChecker", "curl", 1), "418"},
		{"another method", answering, strings.Replace(healthCheck, "GET", "POST", 1), "418"},
		{"at another front door", answering, strings.Replace(healthCheck, `"elb"`, `"x"`, 1), "418"},
	} {
		if got := string(invoked(t, tt.h, tt.event)); !strings.Contains(got, `"statusCode":`+tt.status) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.status)
		}
	}
}

// TestHealthChecksThroughALoadBalancer, as lambdalocal sends them.
func TestHealthChecksThroughALoadBalancer(t *testing.T) {
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the handler got %s %s", r.Method, r.URL) })
	answering := lambdahttp.Wrap(h, func(o *lambdahttp.Options) { o.HealthCheck = healthy })
	for _, name := range []string{"load balancer", "load balancer, multi-value"} {
		url := fronttest.Fronts[name].Deploy(t, answering)
		if got := fronttest.Send(t, url+"/health", "GET", http.Header{"User-Agent": {"ELB-HealthChecker/2.0"}}, nil); got.Status != http.StatusOK || got.Body != "" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestWrapRefusesOptions(t *testing.T) {
	for want, opt := range map[string]func(*lambdahttp.Options){
		"lambdahttp: Wrap: option 1 of 1 is nil": nil,
		`lambdahttp: Wrap: Options.BasePath is "v1", want "" or a path that begins with a slash and ends without`: func(o *lambdahttp.Options) { o.BasePath = "v1" },
		`lambdahttp: Wrap: Options.BasePath is "/", want "" or a path that begins with a slash and ends without`:  func(o *lambdahttp.Options) { o.BasePath = "/" },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %s", got, want)
				}
			}()
			lambdahttp.Wrap(http.NotFoundHandler(), opt)
		}()
	}
}

// TestStreamTakesOptions as Wrap does, and refuses them in its own name.
func TestStreamTakesOptions(t *testing.T) {
	var got seen
	h := lambdahttp.Stream(watch(&got), func(o *lambdahttp.Options) { o.BasePath = "/v1" })
	invoked(t, h, `{"httpMethod":"GET","path":"/v1/pets"}`)
	if got.EscapedPath != "/pets" {
		t.Errorf("got %s", got.EscapedPath)
	}
	defer func() {
		if got, want := recover(), "lambdahttp: Stream: option 1 of 1 is nil"; got != want {
			t.Errorf("panicked with %v, want %s", got, want)
		}
	}()
	lambdahttp.Stream(watch(&got), nil)
}
