package lambdahttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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
