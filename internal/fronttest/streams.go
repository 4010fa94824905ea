package fronttest

import (
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// Streams are the front doors that send a response while the function writes it, by
// name. They compute no Content-Length.
var Streams = map[string]Front{
	"function URL": {serve: streamingURL, Joins: true},
	"REST API":     {serve: streamingAPI, prefix: "/prod", Orders: true},
}

func streamingURL(f *lambdalocal.Function) http.Handler {
	return f.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream })
}

func streamingAPI(f *lambdalocal.Function) http.Handler {
	return f.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.ResponseTransferMode = lambdalocal.ResponseTransferModeStream })
}

// Streamed is what a client received of a response that may break off.
type Streamed struct {
	Response
	Broken bool
}

// Receive sends a request without a body, and reads as much of the response as there is.
func Receive(t testing.TB, url, method string) Streamed {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{} // a connection that carried a broken response is not used again
	defer transport.CloseIdleConnections()
	got, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	dropOwn(got.Header)
	return Streamed{Response{got.StatusCode, got.Header, string(content)}, err != nil}
}
