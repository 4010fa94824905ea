package selfinvoke_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// invoked is the error of an Invoke with a context that never ends, from a service that
// reads the request and answers so.
func invoked(t *testing.T, answer http.HandlerFunc, by ...aws.HTTPClient) error {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, r)
	}))
	defer service.Close()
	defer service.CloseClientConnections()
	client := lambda.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &service.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		HTTPClient:  append(by, nil)[0],
	})
	task := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil }, func(o *selfinvoke.Options) {
		o.Function, o.Timeout = "worker", 200*time.Millisecond
	})
	ended := make(chan error, 1)
	go func() { ended <- task.Invoke(context.Background(), "q") }()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		t.Error("no end")
		return nil
	}
}

// TestInvokeEnds, whatever is answered. After status 101 no context would end it.
func TestInvokeEnds(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a byte now and then": func(w http.ResponseWriter, r *http.Request) {
			for tick := time.NewTicker(5 * time.Millisecond); r.Context().Err() == nil; <-tick.C {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
			}
		},
		"another protocol": func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			_, _ = io.Copy(io.Discard, c)
		},
		"a long answer": func(w http.ResponseWriter, _ *http.Request) {
			var err error
			for text := strings.Repeat("x", 1<<16); err == nil; {
				_, err = io.WriteString(w, text)
			}
		},
	} {
		if err := invoked(t, answer); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestNoRedirectIsFollowed: it would take the work elsewhere, or lose it, as a GET is sent there
// whose 200 looks like success.
func TestNoRedirectIsFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the work was sent elsewhere") }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, client := range map[string]aws.HTTPClient{"the SDK's": nil, "one that follows": &http.Client{}} {
			if err := invoked(t, http.RedirectHandler(elsewhere.URL, status).ServeHTTP, client); err == nil {
				t.Errorf("%d: %s: accepted", status, name)
			}
		}
	}
}

// TestOnly202IsAccepted: another success, such as the answer of a proxy, queues no event.
func TestOnly202IsAccepted(t *testing.T) {
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 299} {
		err := invoked(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if accepted := err == nil; accepted != (status == 202) {
			t.Errorf("%d: got %v", status, err)
		}
	}
}
