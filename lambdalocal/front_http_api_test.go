package lambdalocal_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func TestHTTPAPIRequest(t *testing.T) {
	front := func(f *lambdalocal.Function) http.Handler {
		return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) {
			o.Stage, o.RouteKey, o.StageVariables = "dev", "PUT /my/{name}", map[string]string{"k": "v"}
		})
	}
	got := decode[events.APIGatewayV2HTTPRequest](t, received(t, front, "PUT", "http://abc.example/dev/my/p%20ath?a=1&a=%32&b=", "\x00",
		"X-Many", "a", "X-Many", "b", "User-Agent", "test", "Cookie", "s=1; t=2", "Cookie", "u=3;"))
	want := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "PUT /my/{name}", RawPath: "/dev/my/p ath", RawQueryString: "a=1&a=%32&b=",
		Cookies: []string{"s=1", "t=2", "u=3"}, Headers: map[string]string{"x-many": "a,b", "user-agent": "test", "host": "abc.example"},
		QueryStringParameters: map[string]string{"a": "1,2", "b": ""}, PathParameters: map[string]string{"name": "p ath"},
		StageVariables: map[string]string{"k": "v"}, Body: "AA==", IsBase64Encoded: true,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "PUT /my/{name}", AccountID: "123456789012", Stage: "dev", APIID: "f", DomainName: "abc.example", DomainPrefix: "abc",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: "PUT", Path: "/dev/my/p ath", Protocol: "HTTP/1.1", SourceIP: "192.0.2.1", UserAgent: "test",
			},
		},
	}
	for _, name := range []string{"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"} {
		if got.Headers[name] == "" {
			t.Errorf("no %s", name)
		}
		delete(got.Headers, name)
	}
	changing := cmpopts.IgnoreFields(events.APIGatewayV2HTTPRequestContext{}, "RequestID", "Time", "TimeEpoch")
	if diff := cmp.Diff(want, got, changing); diff != "" {
		t.Error(diff)
	}
}

// Source: aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V2_SpecialCharactersInPath.json and
// V2_UnicodeCharactersInPath.json: rawPath, requestContext.http.path and
// pathParameters are decoded.
func TestHTTPAPIPathsAreDecodedOnce(t *testing.T) {
	for _, stage := range []string{"$default", "dev"} {
		front := func(f *lambdalocal.Function) http.Handler {
			return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.Stage, o.RouteKey = stage, "ANY /{proxy+}" })
		}
		prefix := map[string]string{"$default": "", "dev": "/dev"}[stage]
		for target, want := range map[string]string{
			"/%40":                             "/@",
			"/a%2Fb":                           "/a/b",
			"/a%252Fb":                         "/a%2Fb",
			"/%25":                             "/%",
			"/%3F%23%5C":                       "/?#\\",
			"/%E2%98%95%20Coffee/%F0%9F%98%8A": "/☕ Coffee/😊",
			"/a+b":                             "/a+b",
			"/a//b":                            "/a//b",
		} {
			e := decode[events.APIGatewayV2HTTPRequest](t, received(t, front, "GET", prefix+target, ""))
			if e.RawPath != prefix+want || e.RequestContext.HTTP.Path != prefix+want || "/"+e.PathParameters["proxy"] != want {
				t.Errorf("%s %s: got %q, %q and %q", stage, target, e.RawPath, e.RequestContext.HTTP.Path, e.PathParameters)
			}
		}
	}
}

// A function URL's event has the fields of an HTTP API's.
func TestPayloadV2IsOneFormat(t *testing.T) {
	keys := map[string][]string{}
	for _, name := range []string{"URL", "HTTPAPI"} {
		event := received(t, fronts[name], "POST", "/?a=1", "x", "Cookie", "a=1")
		e := decode[events.APIGatewayV2HTTPRequest](t, event)
		if e.RouteKey != "$default" || e.RequestContext.Stage != "$default" || e.RequestContext.RouteKey != "$default" {
			t.Errorf("%s: got %+v", name, e)
		}
		var fields map[string]any
		if err := json.Unmarshal(event, &fields); err != nil {
			t.Fatal(err)
		}
		keys[name] = slices.Sorted(maps.Keys(fields))
	}
	if diff := cmp.Diff(keys["URL"], keys["HTTPAPI"]); diff != "" {
		t.Error(diff)
	}
}

func formatV1(f *lambdalocal.Function) http.Handler {
	return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) {
		o.Stage, o.RouteKey, o.PayloadFormatVersion = "dev", "PUT /users/{name}/{rest+}", "1.0"
	})
}

// Source: aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_SpecialCharactersInPathHttpV1.json and
// BinaryContentHttpV1.json.
func TestHTTPAPIPayloadV1(t *testing.T) {
	type versioned struct {
		Version string `json:"version"`
		events.APIGatewayProxyRequest
	}
	got := decode[versioned](t, received(t, formatV1, "PUT", "http://abc.example/dev/users/****%20Doe/%E2%98%95/%2F?a=1&a=%20", "\x01",
		"X-Many", "a", "X-Many", "b", "Content-Type", "application/octet-stream", "Content-Length", "1"))
	want := versioned{"1.0", events.APIGatewayProxyRequest{
		Resource: "/users/{name}/{rest+}", Path: "/dev/users/****%20Doe/%E2%98%95/%2F", HTTPMethod: "PUT",
		Headers:                         map[string]string{"X-Many": "b", "Content-Type": "application/octet-stream", "Content-Length": "1", "Host": "abc.example"},
		MultiValueHeaders:               map[string][]string{"X-Many": {"a", "b"}, "Content-Type": {"application/octet-stream"}, "Content-Length": {"1"}, "Host": {"abc.example"}},
		QueryStringParameters:           map[string]string{"a": " "},
		MultiValueQueryStringParameters: map[string][]string{"a": {"1", " "}},
		PathParameters:                  map[string]string{"name": "**** Doe", "rest": "☕//"},
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: "123456789012", ResourceID: "PUT /users/{name}/{rest+}", Stage: "dev", DomainName: "abc.example", DomainPrefix: "abc", Protocol: "HTTP/1.1",
			ResourcePath: "/users/{name}/{rest+}", Path: "/dev/users/**** Doe/☕//", HTTPMethod: "PUT", APIID: "f",
			Identity: events.APIGatewayRequestIdentity{SourceIP: "192.0.2.1"},
		},
		Body: "AQ==", IsBase64Encoded: true,
	}}
	for _, name := range []string{"X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"} {
		if got.Headers[name] == "" || len(got.MultiValueHeaders[name]) != 1 {
			t.Errorf("no %s", name)
		}
		delete(got.Headers, name)
		delete(got.MultiValueHeaders, name)
	}
	changing := cmpopts.IgnoreFields(events.APIGatewayProxyRequestContext{}, "RequestID", "ExtendedRequestID", "RequestTime", "RequestTimeEpoch")
	if diff := cmp.Diff(want, got, changing); diff != "" {
		t.Error(diff)
	}
}
