package lambdalocal_test

import (
	"errors"
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
		BaseEndpoint: &server.URL,
	}), server.URL
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
	client, _ := dial(t, local)
	in := func(name, payload string, kind types.InvocationType) error {
		_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(payload), InvocationType: kind},
			func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
		return err
	}
	as[*types.ResourceNotFoundException](t, in("g", "{}", ""))
	as[*types.RequestTooLargeException](t, in("f", `"`+strings.Repeat("x", 1<<20)+`"`, types.InvocationTypeEvent))
	as[*types.InvalidRequestContentException](t, in("f", "{", ""))
	as[*types.InvalidParameterValueException](t, in("f", "{}", "Later"))
	as[*types.TooManyRequestsException](t, in("busy", "{}", ""))
	var throttled *types.TooManyRequestsException
	if errors.As(in("busy", "{}", ""), &throttled); throttled.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded || aws.ToString(throttled.RetryAfterSeconds) != "1" {
		t.Errorf("throttled: %+v", throttled)
	}
	local.Close()
	var closed smithy.APIError
	if err := in("f", "{}", ""); !errors.As(err, &closed) || closed.ErrorCode() != "ServiceException" {
		t.Errorf("after Close: %v", err)
	}
}
