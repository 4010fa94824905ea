package lambdalocal_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// endless is a body of a byte a second.
type endless struct{ closed chan struct{} }

func (e endless) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return copy(p, "x"), nil
}

func (e endless) Close() error {
	close(e.closed)
	return nil
}

// TestURLStopsReadingAtTheTimeout: otherwise Close would wait forever.
func TestURLStopsReadingAtTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		body := endless{make(chan struct{})}
		fn := add(t, local, "f", func(any) (*events.LambdaFunctionURLStreamingResponse, error) {
			return &events.LambdaFunctionURLStreamingResponse{StatusCode: http.StatusOK, Body: body}, nil
		})
		url := fn.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream })
		func() {
			defer func() {
				if value := recover(); value != http.ErrAbortHandler {
					t.Errorf("the handler ended with %v", value)
				}
			}()
			url.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}()
		select {
		case <-body.closed:
		case <-time.After(time.Minute):
			t.Fatal("the body is still being read")
		}
	})
}
