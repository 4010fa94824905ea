package lambdalocal_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// dial returns the SDK's client as a user makes it, on a server's address.
func dial(t *testing.T, local *lambdalocal.Local) (client *lambda.Client, url string) {
	server := httptest.NewServer(local.InvokeAPI())
	t.Cleanup(server.Close)
	return lambda.NewFromConfig(aws.Config{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		BaseEndpoint: &server.URL, HTTPClient: plainBodies{},
	}), server.URL
}

// plainBodies sends requests whose bodies can only be read. The SDK closes a body when the
// response begins, and in smithy-go v1.28.9 a closed body's WriteTo returns io.EOF. If
// net/http is not done with the body by then, that breaks the connection of the response.
type plainBodies struct{}

func (plainBodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return http.DefaultClient.Do(r)
}

func TestInvokeAPIOverHTTP(t *testing.T) {
	local, _ := newLocal(t)
	ran := make(chan string, 1)
	add(t, local, "f", func(v string) (string, error) {
		if v == "fail" {
			return "", &problem{"no luck"}
		}
		ran <- v
		return "got " + v, nil
	})
	client, _ := dial(t, local)
	call := func(payload string, kind types.InvocationType) *lambda.InvokeOutput {
		t.Helper()
		out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Qualifier: aws.String("live"), Payload: []byte(payload), InvocationType: kind})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := call(`"a"`, types.InvocationTypeRequestResponse)
	if out.StatusCode != 200 || string(out.Payload) != `"got a"` || out.FunctionError != nil || *out.ExecutedVersion != "live" || <-ran != "a" {
		t.Errorf("RequestResponse: %+v %s", out, out.Payload)
	}
	out = call(`"fail"`, types.InvocationTypeRequestResponse)
	if out.StatusCode != 200 || *out.FunctionError != "Unhandled" || !strings.Contains(string(out.Payload), "no luck") {
		t.Errorf("a failed function: %+v %s", out, out.Payload)
	}
	if out = call(`"b"`, types.InvocationTypeEvent); out.StatusCode != 202 || len(out.Payload) != 0 || <-ran != "b" {
		t.Errorf("Event: %+v %s", out, out.Payload)
	}
	if out = call(`"c"`, types.InvocationTypeDryRun); out.StatusCode != 204 || len(ran) != 0 {
		t.Errorf("DryRun: %+v", out)
	}
}

func TestInvokeAPIErrorsHaveTheirTypes(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", echo)
	add(t, local, "busy", echo, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 })
	client, url := dial(t, local)
	in := func(name, payload string, kind types.InvocationType) error {
		_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(payload), InvocationType: kind},
			func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
		return err
	}
	as[*types.ResourceNotFoundException](t, in("g", "{}", ""))
	as[*types.RequestTooLargeException](t, in("f", `"`+strings.Repeat("x", 1<<20)+`"`, types.InvocationTypeEvent))
	as[*types.InvalidRequestContentException](t, in("f", "{", ""))
	as[*types.TooManyRequestsException](t, in("busy", "{}", ""))
	var throttled *types.TooManyRequestsException
	if errors.As(in("busy", "{}", ""), &throttled); throttled.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded || aws.ToString(throttled.RetryAfterSeconds) != "1" {
		t.Errorf("throttled: %+v", throttled)
	}
	if status, answer := send(t, "POST", url+"/2015-03-31/functions/f/invocations/", "", "1", nil); status != 200 || answer != "1" {
		t.Errorf("with a slash after the path: got %d %s", status, answer)
	}
	for request, want := range refusals {
		method, path, _ := strings.Cut(request, " ")
		refused(t, method, url+path, want)
	}
	local.Close()
	refused(t, "POST", url+"/2015-03-31/functions/f/invocations", refusal{500, "ServiceException", `{"Type":"Service","message":"The service is closed."}`})
	var closed smithy.APIError
	if err := in("f", "{}", ""); !errors.As(err, &closed) || closed.ErrorCode() != "ServiceException" {
		t.Errorf("after Close: %v", err)
	}
}

type refusal struct {
	status     int
	kind, body string
}

// refusals are by method and path. The members of the bodies are as captured, see
// internal/invokeapi.
var refusals = map[string]refusal{
	"POST /2015-03-31/functions/g/invocations": {404, "ResourceNotFoundException", `{"Message":"Function not found: arn:aws:lambda:us-east-1:123456789012:function:g:$LATEST","Type":"User"}`},
	"POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af/invocations": {
		404, "ResourceNotFoundException", `{"Message":"Functions from 'eu-west-1' are not reachable in this region ('us-east-1')","Type":"User"}`,
	},
	"POST /2015-03-31/functions/f/invocations?Qualifier=$latest":      {404, "ResourceNotFoundException", `{"Message":"Function not found: arn:aws:lambda:us-east-1:123456789012:function:f:$latest","Type":"User"}`},
	"POST /2015-03-31/functions/busy/invocations":                     {429, "TooManyRequestsException", `{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`},
	"POST /2021-11-15/functions/busy/response-streaming-invocations":  {429, "TooManyRequestsException", `{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}`},
	"POST /2015-03-31/functions/f/invocations?Qualifier=a%20b":        {400, "ValidationException", ""},
	"GET /2015-03-31/functions":                                       {404, "UnknownOperationException", ""},
	"GET /2015-03-31/functions/f/invocations":                         {404, "UnknownOperationException", ""},
	"POST //2015-03-31/functions/f/invocations":                       {404, "UnknownOperationException", ""},
	"POST /2015-03-31/functions//invocations":                         {404, "UnknownOperationException", ""},
	"POST /2021-11-15/functions/f/invocations":                        {404, "UnknownOperationException", ""},
	"DELETE /2021-11-15/functions/f/response-streaming-invocations/x": {404, "UnknownOperationException", ""},
}

// refused sends a request and compares the error. Every error is JSON and has a
// request ID.
func refused(t *testing.T, method, url string, want refusal) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != want.status || resp.Header.Get("X-Amzn-Errortype") != want.kind {
		t.Errorf("%s %s: got %d %s, want %d %s", method, url, resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), want.status, want.kind)
	}
	if got := strings.TrimSpace(string(body)); !json.Valid(body) || want.body != "" && got != want.body {
		t.Errorf("%s %s: got %s, want %s", method, url, got, want.body)
	}
	if len(resp.Header.Get("X-Amzn-Requestid")) != 36 || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s: got the headers %v", method, url, resp.Header)
	}
}
