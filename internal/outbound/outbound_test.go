package outbound_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

func authorized(r *http.Request, _ []byte) error {
	r.Header.Set("Authorization", "Bearer token")
	return nil
}

func client(t *testing.T, address string, wait time.Duration) *outbound.Client {
	t.Helper()
	c, err := outbound.New(address, wait)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNoRedirectIsFollowed(t *testing.T) {
	var stolen atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		service := httptest.NewServer(http.RedirectHandler(other.URL, status))
		_, err := client(t, service.URL+"/secret", time.Minute).Post(t.Context(), []byte("{}"), authorized)
		if err == nil || !strings.Contains(err.Error(), http.StatusText(status)) {
			t.Errorf("%d: %v, want an error with the status", status, err)
		}
		service.Close()
	}
	if stolen.Load() != 0 {
		t.Errorf("the other server got %d requests", stolen.Load())
	}
}

func TestAnswersHaveALimit(t *testing.T) {
	for _, packed := range []bool{false, true} {
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			out := io.Writer(w)
			if packed {
				w.Header().Set("Content-Encoding", "gzip")
				out = gzip.NewWriter(w)
			}
			for block := make([]byte, 1<<16); ; {
				if _, err := out.Write(block); err != nil {
					return
				}
			}
		}))
		answer, err := client(t, service.URL, time.Minute).Post(t.Context(), []byte("{}"), authorized)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, answer)
		answer.Close()
		if n != outbound.MaxAnswer || err == nil || !strings.Contains(err.Error(), "larger than 8 MB") {
			t.Errorf("packed %t: %d bytes, %v; want the limit", packed, n, err)
		}
		service.Close()
	}
}

// TestWaits ends while the service says nothing, and while it never finishes.
func TestWaits(t *testing.T) {
	for _, begins := range []bool{false, true} {
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			if begins {
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}))
		answer, err := client(t, service.URL+"/secret", 50*time.Millisecond).Post(t.Context(), []byte("{}"), authorized)
		if err == nil {
			_, err = io.ReadAll(answer)
			answer.Close()
		}
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() || strings.Contains(err.Error(), "secret") {
			t.Errorf("begins %t: %v, want a timeout without the path", begins, err)
		}
		service.Close()
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://example.com/hunter2": true, "http://127.0.0.1:1/hunter2": true, "http://[::1]/hunter2": true, "http://localhost/hunter2": true,
		"": false, "hunter2": false, "http://example.com/hunter2": false, "http://127.1/hunter2": false, "http://0.0.0.0/hunter2": false,
		"https://hunter2@example.com": false, "ftp://localhost/hunter2": false, "https:///hunter2": false, "http://127.0.0.1.example.com/hunter2": false,
		"http://[::ffff:127.0.0.1]/hunter2": true, "http://10.0.0.1/hunter2": false, "http://192.168.1.1/hunter2": false, "http://[fd00::1]/hunter2": false,
		"http://LOCALHOST/hunter2": false, "http://localhost./hunter2": false,
	} {
		if _, err := outbound.New(address, time.Minute); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v, want it taken: %t", address, err, ok)
		}
	}
}

// TestErrorsRepeatNothing has a service repeat the token where an answer is malformed.
func TestErrorsRepeatNothing(t *testing.T) {
	for _, answer := range []string{
		"%s", "HTTP/1.1 %s\r\n\r\n", "HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n", "HTTP/1.1 500 %s\r\nContent-Length: 0\r\n\r\n",
	} {
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprintf(conn, answer, r.Header.Get("Authorization"))
			conn.Close()
		}))
		_, err := client(t, service.URL+"/secret", time.Minute).Post(t.Context(), []byte("{}"), authorized)
		if err == nil || strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), "Bearer") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", answer, err)
		}
		service.Close()
	}
}

func TestCode(t *testing.T) {
	for sent, want := range map[string]string{
		"": "", "invalid_auth": "invalid_auth", "DynamoDB:ConditionalCheckFailedException": "DynamoDB:ConditionalCheckFailedException",
		"Bearer token": "(withheld)", "xoxb-1": "(withheld)", "a\n": "(withheld)", "é": "(withheld)", "[": "(withheld)", "@": "(withheld)", strings.Repeat("a", 65): "(withheld)",
	} {
		if got := outbound.Code(sent); got != want {
			t.Errorf("%q: got %q", sent, got)
		}
	}
}
