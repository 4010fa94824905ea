package lambdalocal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdaurl"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// Server-sent events reach the client one by one.
func ExampleURLOptions() {
	local := lambdalocal.New()
	defer local.Close()
	count := lambdaurl.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 2 {
			fmt.Fprintf(w, "data: %d\n\n", n)
		}
	}))
	fn, err := local.AddFunction("count", count)
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(fn.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream }))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	events, err := io.ReadAll(resp.Body)
	fmt.Printf("%s: %q, %v\n", resp.Header.Get("Content-Type"), events, err)
	// Output: text/event-stream: "data: 0\n\ndata: 1\n\n", <nil>
}

func ExampleFunction_RESTAPI() {
	local := lambdalocal.New()
	defer local.Close()
	fn, err := local.AddFunction("hello", func(ctx context.Context, r events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: r.RequestContext.Stage + " " + r.PathParameters["proxy"]}, nil
	})
	if err != nil {
		panic(err)
	}
	api := fn.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.Stage = "test" })
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest("GET", "/test/hello/world", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 test hello/world
}

func ExampleFunction_HTTPAPI() {
	local := lambdalocal.New()
	defer local.Close()
	fn, err := local.AddFunction("pet", func(ctx context.Context, r events.APIGatewayV2HTTPRequest) (map[string]string, error) {
		return map[string]string{"pet": r.PathParameters["id"]}, nil
	})
	if err != nil {
		panic(err)
	}
	api := fn.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.RouteKey = "GET /pets/{id}" })
	for _, path := range []string{"/pets/7", "/pets"} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 {"pet":"7"}
	// 404 {"message":"Not Found"}
}

func ExampleFunction_LoadBalancer() {
	local := lambdalocal.New()
	defer local.Close()
	fn, err := local.AddFunction("shout", func(ctx context.Context, r events.ALBTargetGroupRequest) (events.ALBTargetGroupResponse, error) {
		return events.ALBTargetGroupResponse{
			StatusCode: 200, StatusDescription: "200 OK", Body: strings.ToUpper(r.QueryStringParameters["q"]),
			Headers: map[string]string{"Content-Type": "text/plain"}, // nil is null, and a 502
		}, nil
	})
	if err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	fn.LoadBalancer().ServeHTTP(w, httptest.NewRequest("GET", "/?q=not%20decoded", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 NOT%20DECODED
}
