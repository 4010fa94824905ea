package lambdalocal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// send sends a request with another Host and header, as a page does.
func send(t *testing.T, method, url, host, body string, header http.Header) (status int, answer string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // invocation/next waits for an invocation
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if r.Host = host; host == "" {
		r.Host = r.URL.Host
	}
	if header != nil {
		r.Header = header
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

// pages are the headers of what a page of https://evil.example can send without asking
// first: a form, a fetch in the mode no-cors, an image, a link.
var pages = map[string]http.Header{
	"form":             {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}, "Content-Type": {"application/x-www-form-urlencoded"}},
	"form of a file":   {"Origin": {"null"}, "Content-Type": {"text/plain"}},
	"fetch, no-cors":   {"Origin": {"https://evil.example"}, "Content-Type": {"text/plain"}},
	"image":            {"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}},
	"link":             {"Sec-Fetch-Site": {"none"}},
	"page of the host": {"Origin": {"http://127.0.0.1:9001"}, "Sec-Fetch-Site": {"same-origin"}},
}

// rebound are hosts of a page whose name now leads to this machine, and others that are
// not loopback.
var rebound = []string{
	"evil.example", "evil.example:9001", "localhost.evil.example", "127.0.0.1.nip.io:9001",
	"EVIL.example.", ".", ".:9001", "0.0.0.0:9001", "192.168.0.7:9001", "example.com",
}

// fromHere are headers that claim to be from this machine, and kinds of invocations. A page
// whose name leads here can send them all.
var fromHere = []http.Header{
	{"X-Forwarded-Host": {"localhost"}},
	{"X-Original-Host": {"localhost"}, "X-Real-Ip": {"127.0.0.1"}},
	{"Forwarded": {"host=localhost;for=127.0.0.1"}},
	{"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Server": {"localhost"}},
	{"X-Amz-Invocation-Type": {"Event"}},
	{"X-Amz-Invocation-Type": {"DryRun"}},
}

func TestInvokeAPIRefusesPages(t *testing.T) {
	local, _ := newLocal(t)
	var ran atomic.Int32
	add(t, local, "f", func() { ran.Add(1) })
	_, url := dial(t, local)
	for _, path := range []string{"/2015-03-31/functions/f/invocations", "/2021-11-15/functions/f/response-streaming-invocations"} {
		for name, header := range pages {
			for _, kind := range []types.InvocationType{types.InvocationTypeEvent, types.InvocationTypeDryRun} {
				header := header.Clone()
				header.Set("X-Amz-Invocation-Type", string(kind))
				if status, answer := send(t, "POST", url+path, "", "{}", header); status != http.StatusForbidden {
					t.Errorf("%s, %s: got %d %s", name, kind, status, answer)
				}
			}
			for _, method := range []string{"POST", "GET"} {
				if status, answer := send(t, method, url+path, "", "{}", header.Clone()); status != http.StatusForbidden || !strings.Contains(answer, "the header") {
					t.Errorf("%s, %s: got %d %s", name, method, status, answer)
				}
			}
		}
		for _, host := range rebound {
			for _, header := range fromHere {
				if status, answer := send(t, "POST", url+path, host, "{}", header.Clone()); status != http.StatusForbidden || !strings.Contains(answer, "not loopback") {
					t.Errorf("%s with %v: got %d %s", host, header, status, answer)
				}
			}
			if status, answer := send(t, "POST", url+path, host, "{}", nil); status != http.StatusForbidden || !strings.Contains(answer, "not loopback") {
				t.Errorf("%s: got %d %s", host, status, answer)
			}
		}
		if ran.Load() != 0 {
			t.Fatal("the function ran")
		}
		for _, host := range []string{"", "localhost:9001", "LOCALHOST.", "[::1]:9001", "127.0.0.1"} {
			if status, answer := send(t, "POST", url+path, host, "{}", nil); status != http.StatusOK {
				t.Errorf("%s: got %d %s", host, status, answer)
			}
		}
		ran.Store(0)
	}
}

// TestRuntimeAPIRefusesPages: a page can neither take nor answer an invocation.
func TestRuntimeAPIRefusesPages(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "look")
	seen, failed := call[seen](t, local, "f", "{}")
	if failed != "" {
		t.Fatal(failed)
	}
	api := "http://" + seen.RuntimeAPI + "/2018-06-01/runtime/"
	for _, request := range []string{"GET invocation/next", "POST invocation/" + seen.RequestID + "/response", "POST init/error"} {
		method, path, _ := strings.Cut(request, " ")
		for name, header := range pages {
			if status, answer := send(t, method, api+path, "", "{}", header.Clone()); status != http.StatusForbidden {
				t.Errorf("%s, %s: got %d %s", request, name, status, answer)
			}
		}
		for _, host := range rebound {
			if status, answer := send(t, method, api+path, host, "{}", nil); status != http.StatusForbidden {
				t.Errorf("%s, %s: got %d %s", request, host, status, answer)
			}
		}
	}
	if _, failed := call[any](t, local, "f", "{}"); failed != "" {
		t.Error(failed)
	}
}

// TestFrontsRefuseOtherHosts but leave the Origin to the handler, and answer requests
// that came through no server.
func TestFrontsRefuseOtherHosts(t *testing.T) {
	local, _ := newLocal(t, func(o *lambdalocal.Options) { o.Hosts = []string{"Hooks.trycloudflare.com"} })
	fn := add(t, local, "f", func(r events.APIGatewayV2HTTPRequest) (map[string]any, error) {
		return map[string]any{"statusCode": 200, "body": "from " + r.Headers["origin"]}, nil
	})
	for name, front := range map[string]http.Handler{"URL": fn.URL(), "HTTPAPI": fn.HTTPAPI(), "RESTAPI": fn.RESTAPI(), "LoadBalancer": fn.LoadBalancer()} {
		server := httptest.NewServer(front)
		defer server.Close()
		for _, host := range slices.Concat(rebound, []string{"evil-hooks.trycloudflare.com", "x.hooks.trycloudflare.com", "hooks.trycloudflare.com.evil.example", "trycloudflare.com"}) {
			if status, answer := send(t, "POST", server.URL, host, "", nil); status != http.StatusForbidden || !strings.Contains(answer, "Options.Hosts") {
				t.Errorf("%s, %s: got %d %s", name, host, status, answer)
			}
			for _, header := range fromHere {
				if status, answer := send(t, "POST", server.URL, host, "", header.Clone()); status != http.StatusForbidden {
					t.Errorf("%s, %s with %v: got %d %s", name, host, header, status, answer)
				}
			}
		}
		for _, host := range []string{"", "localhost", "[::1]:9001", "hooks.trycloudflare.com", "HOOKS.trycloudflare.com.:443"} {
			if status, answer := send(t, "POST", server.URL, host, "", http.Header{"Origin": {"https://a.example"}}); status != http.StatusOK {
				t.Errorf("%s, %s: got %d %s", name, host, status, answer)
			}
		}
		w := httptest.NewRecorder()
		front.ServeHTTP(w, httptest.NewRequest("GET", "http://abc.example/", nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s, without a server: got %d %s", name, w.Code, w.Body)
		}
	}
	server := httptest.NewServer(fn.URL())
	defer server.Close()
	if _, answer := send(t, "POST", server.URL, "", "", http.Header{"Origin": {"https://a.example"}}); answer != "from https://a.example" {
		t.Errorf("the handler saw %q", answer)
	}
}

func TestNewRefusesHosts(t *testing.T) {
	for _, host := range []string{"", ".", "*", "*.hooks.example", "https://hooks.example", "hooks.example:443", "hooks.example/x"} {
		panics(t, fmt.Sprintf("New: Options.Hosts[0] is %q, want a host name without scheme and port", host), func() {
			lambdalocal.New(func(o *lambdalocal.Options) { o.Hosts = []string{host} })
		})
	}
}
