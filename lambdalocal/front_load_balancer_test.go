package lambdalocal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func multiValue(f *lambdalocal.Function) http.Handler {
	return f.LoadBalancer(func(o *lambdalocal.LoadBalancerOptions) { o.MultiValueHeaders = true })
}

func TestLoadBalancerRequest(t *testing.T) {
	send := func(front func(*lambdalocal.Function) http.Handler) events.ALBTargetGroupRequest {
		return decode[events.ALBTargetGroupRequest](t, received(t, front, "PUT", "http://abc.example/a%20b?k=1&k=%32&flag&n%3D=x", "text",
			"Content-Type", "text/plain", "Cookie", "a=1", "Cookie", "b=2", "X-Amzn-Trace-Id", "Root=1"))
	}
	want := events.ALBTargetGroupRequest{
		HTTPMethod: "PUT", Path: "/a%20b", Body: "text",
		QueryStringParameters: map[string]string{"k": "%32", "flag": "", "n%3D": "x"},
		Headers: map[string]string{
			"content-type": "text/plain", "cookie": "b=2", "host": "abc.example", "x-amzn-trace-id": "Root=1",
			"x-forwarded-for": "192.0.2.1", "x-forwarded-port": "80", "x-forwarded-proto": "http",
		},
	}
	want.RequestContext.ELB.TargetGroupArn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/f/0123456789abcdef"
	if diff := cmp.Diff(want, send(fronts["LoadBalancer"])); diff != "" {
		t.Error(diff)
	}
	want.MultiValueQueryStringParameters = map[string][]string{"k": {"1", "%32"}, "flag": {""}, "n%3D": {"x"}}
	want.MultiValueHeaders = map[string][]string{}
	for name, value := range want.Headers {
		want.MultiValueHeaders[name] = []string{value}
	}
	want.MultiValueHeaders["cookie"] = []string{"a=1", "b=2"}
	want.Headers, want.QueryStringParameters = nil, nil
	if diff := cmp.Diff(want, send(multiValue)); diff != "" {
		t.Errorf("multi-value: %s", diff)
	}
}

// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda
func TestLoadBalancerHealthCheck(t *testing.T) {
	const want = `{"requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/f/0123456789abcdef"}},` +
		`"httpMethod":"GET","path":"/health","queryStringParameters":{},"headers":{"user-agent":"ELB-HealthChecker/2.0"},"body":"","isBase64Encoded":false}`
	if got := string(received(t, fronts["LoadBalancer"], "GET", "/health", "", "User-Agent", "ELB-HealthChecker/2.0", "Accept", "*/*")); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestLoadBalancerRequestHasEmptyMaps(t *testing.T) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(received(t, fronts["LoadBalancer"], "GET", "/", ""), &fields); err != nil {
		t.Fatal(err)
	}
	if _, other := fields["multiValueHeaders"]; other || string(fields["queryStringParameters"]) != "{}" || string(fields["body"]) != `""` {
		t.Errorf("got %s", fields)
	}
}

func TestLoadBalancerRequestBody(t *testing.T) {
	for _, tt := range []struct {
		contentType, encoding string
		encoded               bool
	}{
		{"text/plain; charset=utf-8", "", false},
		{"application/json", "", false},
		{"application/javascript", "", false},
		{"application/xml", "", false},
		{"application/json", "gzip", true},
		{"application/x-www-form-urlencoded", "", true},
		{"", "", true},
	} {
		header := []string{"Content-Type", tt.contentType}
		if tt.encoding != "" {
			header = append(header, "Content-Encoding", tt.encoding)
		}
		e := decode[events.ALBTargetGroupRequest](t, received(t, fronts["LoadBalancer"], "POST", "/", "a=b", header...))
		if want := map[bool]string{true: "YT1i", false: "a=b"}[tt.encoded]; e.IsBase64Encoded != tt.encoded || e.Body != want {
			t.Errorf("%+v: got %q, base64 %v", tt, e.Body, e.IsBase64Encoded)
		}
	}
}

func TestLoadBalancerLimits(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", func(_ context.Context, e events.ALBTargetGroupRequest) (json.RawMessage, error) {
		return json.RawMessage(`{"statusCode":200,"body":"` + strings.Repeat("x", len(e.Body)) + `"}`), nil
	})
	const empty = `{"statusCode":200,"body":""}`
	most := 1<<20 - len(empty)
	for name, tt := range map[string]struct {
		size, status int
	}{
		"the largest response": {most, 200}, "a larger one": {most + 1, 502},
		"the largest request": {1 << 20, 502}, "an even larger one": {1<<20 + 1, 413},
	} {
		if w := do(fn.LoadBalancer(), "POST", "/", strings.Repeat("x", tt.size), "Content-Type", "text/plain"); w.Code != tt.status {
			t.Errorf("%s: got %d", name, w.Code)
		}
	}
}

func TestLoadBalancerRefusesRequests(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", func() { t.Error("the function ran") })
	if w := do(fn.LoadBalancer(), "GET", "/", "", "Upgrade", "websocket"); w.Code != 400 {
		t.Errorf("an upgrade: got %d", w.Code)
	}
	if w := do(fn.LoadBalancer(), "TRACE", "/", ""); w.Code != 405 {
		t.Errorf("TRACE: got %d", w.Code)
	}
}
