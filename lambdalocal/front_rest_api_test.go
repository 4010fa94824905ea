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

func rest(opts ...func(*lambdalocal.RESTAPIOptions)) func(*lambdalocal.Function) http.Handler {
	return func(f *lambdalocal.Function) http.Handler { return f.RESTAPI(opts...) }
}

func TestRESTAPIRequest(t *testing.T) {
	front := rest(func(o *lambdalocal.RESTAPIOptions) {
		o.Stage, o.StageVariables = "test", map[string]string{"k": "v"}
	})
	got := decode[events.APIGatewayProxyRequest](t, received(t, front, "POST", "http://abc.example/test/hello/big%20world?name=you&name=m%20e", `{"a":1}`,
		"X-Many", "a", "X-Many", "b", "User-Agent", "test", "Content-Type", "application/json"))
	want := events.APIGatewayProxyRequest{
		Resource: "/{proxy+}", Path: "/hello/big%20world", HTTPMethod: "POST",
		Headers:                         map[string]string{"X-Many": "b", "User-Agent": "test", "Content-Type": "application/json", "Host": "abc.example"},
		MultiValueHeaders:               map[string][]string{"X-Many": {"a", "b"}, "User-Agent": {"test"}, "Content-Type": {"application/json"}, "Host": {"abc.example"}},
		QueryStringParameters:           map[string]string{"name": "m e"},
		MultiValueQueryStringParameters: map[string][]string{"name": {"you", "m e"}},
		PathParameters:                  map[string]string{"proxy": "hello/big%20world"},
		StageVariables:                  map[string]string{"k": "v"},
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: "123456789012", ResourceID: "k1l2m3", Stage: "test", DomainName: "abc.example", DomainPrefix: "abc",
			Protocol: "HTTP/1.1", ResourcePath: "/{proxy+}", Path: "/test/hello/big%20world", HTTPMethod: "POST", APIID: "f",
			Identity: events.APIGatewayRequestIdentity{SourceIP: "192.0.2.1", UserAgent: "test"},
		},
		Body: `{"a":1}`,
	}
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
	if c := got.RequestContext; len(c.RequestID) != 36 || c.RequestTimeEpoch == 0 || len(c.RequestTime) != len("15/May/2020:06:01:09 +0000") {
		t.Errorf("got the context %+v", c)
	}
}

// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.snapshot.json, test_lambda_aws_proxy_integration, and
// aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_UnicodeCharactersInPathRest.json.
func TestRESTAPIPaths(t *testing.T) {
	for _, tt := range []struct{ target, path, full, resource, proxy string }{
		{"/prod/proxy-value/", "/proxy-value/", "/prod/proxy-value/", "/{proxy+}", "proxy-value"},
		{"/prod/proxy-value//double-slash", "/proxy-value//double-slash", "/prod/proxy-value//double-slash", "/{proxy+}", "proxy-value//double-slash"},
		{"//prod/proxy-value", "/proxy-value", "/prod/proxy-value", "/{proxy+}", "proxy-value"},
		{"///prod/proxy-value", "/proxy-value", "/prod/proxy-value", "/{proxy+}", "proxy-value"},
		{"/prod//proxy-value", "/proxy-value", "/prod//proxy-value", "/{proxy+}", "proxy-value"},
		{"//prod///a//b//", "/a//b//", "/prod///a//b//", "/{proxy+}", "a//b"},
		{"/prod//", "/", "/prod//", "/", ""},
		{"//", "/", "//", "/", ""},
		{"//a", "/a", "//a", "/{proxy+}", "a"},
		{
			"/prod/user/test%2Balias@gmail.com/plus/test+alias@gmail.com", "/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
			"/prod/user/test%2Balias@gmail.com/plus/test+alias@gmail.com", "/{proxy+}", "user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
		},
		{"/prod/posts/%40", "/posts/%40", "/prod/posts/%40", "/{proxy+}", "posts/%40"},
		{"/prod/%E2%98%95%20Coffee/%2F%2e/%25", "/%E2%98%95%20Coffee/%2F%2e/%25", "/prod/%E2%98%95%20Coffee/%2F%2e/%25", "/{proxy+}", "%E2%98%95%20Coffee/%2F%2e/%25"},
		{"/prod/a/b", "/a/b", "/prod/a/b", "/{proxy+}", "a/b"},
		{"/a/b", "/a/b", "/a/b", "/{proxy+}", "a/b"},
		{"/production/a", "/production/a", "/production/a", "/{proxy+}", "production/a"},
		{"/prod", "/", "/prod", "/", ""},
		{"/", "/", "/", "/", ""},
	} {
		e := decode[events.APIGatewayProxyRequest](t, received(t, rest(), "GET", tt.target, ""))
		if e.Path != tt.path || e.RequestContext.Path != tt.full || e.Resource != tt.resource || e.PathParameters["proxy"] != tt.proxy || e.QueryStringParameters != nil {
			t.Errorf("%s: got %+v", tt.target, e)
		}
	}
	pets := rest(func(o *lambdalocal.RESTAPIOptions) { o.Resource = "/pets/{id}" })
	if e := decode[events.APIGatewayProxyRequest](t, received(t, pets, "GET", "/pets/7", "")); e.PathParameters["id"] != "7" || e.Resource != "/pets/{id}" {
		t.Errorf("got %+v", e)
	}
	if e := decode[events.APIGatewayProxyRequest](t, received(t, pets, "GET", "/prod//pets/%40/", "")); e.PathParameters["id"] != "%40" || e.Path != "/pets/%40/" {
		t.Errorf("got %+v", e)
	}
	hardcoded := rest(func(o *lambdalocal.RESTAPIOptions) { o.Resource, o.Stage = "/hardcoded", "stage" })
	if e := decode[events.APIGatewayProxyRequest](t, received(t, hardcoded, "GET", "/stage//hardcoded", "")); e.Path != "/hardcoded" || e.RequestContext.Path != "/stage//hardcoded" || e.PathParameters != nil {
		t.Errorf("got %+v", e)
	}
	local, _ := newLocal(t)
	if w := do(pets(add(t, local, "f", func() { t.Error("the function ran") })), "GET", "/", ""); w.Code != 403 || w.Body.String() != `{"message":"Missing Authentication Token"}` {
		t.Errorf("another resource: got %d %s", w.Code, w.Body)
	}
}

// Source: as above, and test_apigateway_integrations.snapshot.json beside it, which has
// the headers that a REST API drops.
func TestRESTAPIRequestMembers(t *testing.T) {
	for body, want := range map[string]string{"": "null", "x": `"x"`} {
		event := received(t, rest(), "POST", "/prod/a", body, "Content-Length", "1", "Connection", "close", "Content-MD5", "x", "Expect", "x", "Max-Forwards", "2",
			"Proxy-Authenticate", "x", "Server", "x", "TE", "deflate", "Trailer", "Expires", "Transfer-Encoding", "chunked", "Upgrade", "HTTP/2.0", "WWW-Authenticate", "x",
			"Via", "p.example.net", "Date", "x", "Content-Encoding", "deflate", "Age", "1")
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(event, &fields); err != nil {
			t.Fatal(err)
		}
		if string(fields["isBase64Encoded"]) != "false" || string(fields["body"]) != want || string(fields["queryStringParameters"]) != "null" {
			t.Errorf("got %s", event)
		}
		e := decode[events.APIGatewayProxyRequest](t, event)
		got := slices.Sorted(maps.Keys(e.MultiValueHeaders))
		kept := []string{"Age", "Content-Encoding", "Date", "Host", "Via", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"}
		if diff := cmp.Diff(kept, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(kept, slices.Sorted(maps.Keys(e.Headers))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRESTAPIBinaryRequests(t *testing.T) {
	front := rest(func(o *lambdalocal.RESTAPIOptions) {
		o.BinaryMediaTypes = []string{"application/octet-stream", "image/*"}
	})
	for contentType, want := range map[string]string{
		"application/octet-stream": "/wBh", "image/png; q=1": "/wBh", "Image/PNG": "/wBh",
		"application/json": "\ufffd\x00a", "": "\ufffd\x00a",
	} {
		e := decode[events.APIGatewayProxyRequest](t, received(t, front, "POST", "/", "\xff\x00a", "Content-Type", contentType))
		if e.Body != want || e.IsBase64Encoded != (want == "/wBh") {
			t.Errorf("%q: got %q, base64 %v", contentType, e.Body, e.IsBase64Encoded)
		}
	}
	all := rest(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"*/*"} })
	if e := decode[events.APIGatewayProxyRequest](t, received(t, all, "POST", "/", "a")); e.Body != "YQ==" || !e.IsBase64Encoded {
		t.Errorf("*/*: got %q", e.Body)
	}
	if e := decode[events.APIGatewayProxyRequest](t, received(t, rest(), "POST", "/", "a", "Content-Type", "image/png")); e.Body != "a" || e.IsBase64Encoded {
		t.Errorf("by default: got %q", e.Body)
	}
}
