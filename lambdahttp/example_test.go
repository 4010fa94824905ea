package lambdahttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

func ExampleWrap() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello, %s", r.PathValue("name"))
	})
	handler := lambdahttp.Wrap(mux) // in main: lambda.Start(handler)

	response, err := handler.Invoke(context.Background(), []byte(`{
		"version": "2.0",
		"rawPath": "/hello/gopher",
		"headers": {"host": "example.com"},
		"requestContext": {"http": {"method": "GET", "path": "/hello/gopher"}}
	}`))
	fmt.Println(string(response), err)
	// Output:
	// {"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"body":"hello, gopher","isBase64Encoded":false,"cookies":null} <nil>
}

func ExampleStream() {
	handler := lambdahttp.Stream(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 2 {
			fmt.Fprintf(w, "data: %d\n\n", n) // sent at once
		}
	})) // in main: lambda.Start(handler)

	// A function URL takes status, headers and cookies as JSON, and then the body.
	response, err := handler.Invoke(context.Background(), []byte(`{
		"version": "2.0",
		"rawPath": "/",
		"requestContext": {"domainName": "abc.lambda-url.us-east-1.on.aws", "http": {"method": "GET", "path": "/"}}
	}`))
	head, body, _ := strings.Cut(string(response), strings.Repeat("\x00", 8))
	fmt.Println(head, err)
	fmt.Print(body)
	// Output:
	// {"statusCode":200,"headers":{"Content-Type":"text/event-stream"}} <nil>
	// data: 0
	//
	// data: 1
}

// The same function serves https://api.example.com/v1/hello, where /v1 is the API mapping
// of a custom domain name, and the API's own address.
func ExampleOptions() {
	handler := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.URL.Path)
	}), func(o *lambdahttp.Options) { o.BasePath = "/v1" })

	for _, path := range []string{"/v1/hello", "/hello"} {
		_, _ = handler.Invoke(context.Background(), []byte(`{"httpMethod": "GET", "path": "`+path+`", "requestContext": {"stage": "prod"}}`))
	}
	// Output:
	// /hello
	// /hello
}

// The claims of the token that an HTTP API's JWT authorizer has checked.
func ExampleAuthorizerFrom() {
	handler := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, ok := lambdahttp.AuthorizerFrom(r.Context())
		if !ok {
			http.Error(w, "the route has no authorizer", http.StatusUnauthorized)
			return
		}
		fmt.Println("user", caller.Claims["sub"])
	}))

	_, _ = handler.Invoke(context.Background(), []byte(`{
		"version": "2.0",
		"rawPath": "/",
		"requestContext": {
			"http": {"method": "GET", "path": "/"},
			"authorizer": {"jwt": {"claims": {"sub": "42"}, "scopes": null}}
		}
	}`))
	// Output:
	// user 42
}

// What the request does not say is in the event.
func ExampleEventFrom() {
	handler := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, err := lambdahttp.EventFrom[events.APIGatewayProxyRequest](r.Context())
		fmt.Println(event.StageVariables["table"], err)
	}))

	_, _ = handler.Invoke(context.Background(), []byte(`{
		"httpMethod": "GET",
		"path": "/",
		"stageVariables": {"table": "orders"}
	}`))
	// Output:
	// orders <nil>
}

// An event of another service fails the invocation.
func ExampleEventError() {
	handler := lambdahttp.Wrap(http.NotFoundHandler())
	_, err := handler.Invoke(context.Background(), []byte(`{"Records": [{"eventSource": "aws:sqs"}]}`))
	if e, ok := errors.AsType[*lambdahttp.EventError](err); ok {
		fmt.Println(e.Reason)
	}
	// Output:
	// it has neither requestContext.http.method nor httpMethod
}
