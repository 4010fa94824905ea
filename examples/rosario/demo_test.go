package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func newApp(t *testing.T, c config) *app {
	t.Helper()
	c.addr, c.pace = "127.0.0.1:0", 200*time.Millisecond
	a, err := start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	return a
}

func TestDemo(t *testing.T) {
	for name, endpoint := range map[string]func(testing.TB) string{
		"memory":   func(testing.TB) string { return "" },
		"dynamodb": dynamotest.Endpoint,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := newApp(t, config{dynamodb: endpoint(t)}).demo(t.Context(), &out); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			for _, want := range []string{"job id returned after", "processing", "complete", "429", "the worker is killed", "Slack got its 200", "the reply arrived", "401"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the demo does not say %q:\n%s", want, &out)
				}
			}
		})
	}
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), config{pace: 200 * time.Millisecond, trace: true}, true, &out); err != nil {
		t.Fatal(err)
	}
	_, trace, _ := strings.Cut(out.String(), "What the functions did:\n")
	for _, want := range []string{"submitquery", "processqueryjob", "slackwebhook", "queued", "returned after"} {
		if !strings.Contains(trace, want) {
			t.Errorf("the trace does not say %q:\n%s", want, trace)
		}
	}
}

// TestDemoFails breaks one service at a time.
func TestDemoFails(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "down", http.StatusServiceUnavailable)
	}))
	defer broken.Close()
	for name, c := range map[string]config{
		"claude": {claude: broken.URL},
		"slack":  {slack: broken.URL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			if err := newApp(t, c).demo(ctx, io.Discard); err == nil {
				t.Error("the demo succeeded")
			}
		})
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for want, c := range map[string]config{
		"-addr": {addr: taken.Addr().String()},
		"-dynamodb: \"127.0.0.1:8000\" is not a URL": {addr: "127.0.0.1:0", dynamodb: "127.0.0.1:8000"},
		"-dynamodb http://127.0.0.1:1":               {addr: "127.0.0.1:0", dynamodb: "http://127.0.0.1:1"},
	} {
		if _, err := start(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %s", err, want)
		}
	}
}

// TestSlackRefusals covers a forged, a replayed and a malformed request.
func TestSlackRefusals(t *testing.T) {
	a := newApp(t, config{})
	body := slackMessage("Ev1", time.Now(), "hello")
	sign := func(at time.Time, body []byte) http.Header {
		h := http.Header{}
		if err := a.signer.Sign(h, at, body); err != nil {
			t.Fatal(err)
		}
		return h
	}
	for name, tt := range map[string]struct {
		header http.Header
		body   []byte
		want   string
	}{
		"unsigned":   {http.Header{}, body, "401"},
		"stale":      {sign(time.Now().Add(-6*time.Minute), body), body, "401"},
		"other body": {sign(time.Now(), []byte("x")), body, "401"},
		"malformed":  {sign(time.Now(), []byte("{")), []byte("{"), "400"},
	} {
		if _, err := send(t.Context(), a.url+"/slack", tt.body, tt.header); err == nil || !strings.Contains(err.Error(), "answered "+tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
	a.close() // waits for the invocations
	if n := len(a.standIns.replies); n != 0 {
		t.Errorf("%d replies", n)
	}
}

func TestQueryRefusals(t *testing.T) {
	a := newApp(t, config{})
	for body, want := range map[string]string{
		`{`: "400", `[]`: "400", `{}`: "400", `{"query":" "}`: "400", `{"query":1}`: "400",
		`{"query":"` + strings.Repeat("x", 64<<10) + `"}`: "413",
	} {
		if _, err := send(t.Context(), a.url+"/query", []byte(body), nil); err == nil || !strings.Contains(err.Error(), "answered "+want) {
			t.Errorf("%.20s: got %v, want %s", body, err, want)
		}
	}
}

// TestOtherPagesAreRefused: the page of another site can neither ask nor, after DNS
// rebinding, read. A GET, which a page can always send, changes nothing.
func TestOtherPagesAreRefused(t *testing.T) {
	a := newApp(t, config{})
	for name, header := range map[string]http.Header{
		"form":           {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}},
		"fetch, no-cors": {"Origin": {"https://evil.example"}, "Content-Type": {"text/plain"}},
		"sandbox":        {"Origin": {"null"}},
		"other port":     {"Origin": {"http://127.0.0.1:1"}, "Sec-Fetch-Site": {"same-site"}},
	} {
		for _, path := range []string{"/query", "/slack", "/say", "/jobs/", "/jobs/x/retry"} {
			if _, err := send(t.Context(), a.url+path, []byte(`{"query":"hello"}`), header); err == nil || !strings.Contains(err.Error(), "answered 403") {
				t.Errorf("%s, %s: got %v", name, path, err)
			}
		}
	}
	for _, host := range []string{"evil.example:8080", "notlocalhost", "localhost.evil.example", "127.0.0.1.nip.io:8080"} {
		for _, path := range []string{"/", "/query", "/slack", "/say", "/jobs/x", "/jobs/x/retry", "/state"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				if status := statusFor(t, method, a.url+path, host); status != http.StatusForbidden {
					t.Errorf("%s %s as %s: got %d", method, path, host, status)
				}
			}
		}
	}
	failed := createJob(t, a, refused)
	if _, err := a.watch(t.Context(), failed, func(job) {}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/query", "/say", "/jobs/" + failed + "/retry"} { // what an image of a page asks for
		if status := statusFor(t, http.MethodGet, a.url+path, ""); status != http.StatusMethodNotAllowed && status != http.StatusNotFound {
			t.Errorf("GET %s: got %d", path, status)
		}
	}
}

func statusFor(t *testing.T, method, url, host string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestSigningSecretIsOfTheRun, so that no page knows it.
func TestSigningSecretIsOfTheRun(t *testing.T) {
	a, b := newApp(t, config{}), newApp(t, config{})
	body, header := slackMessage("Ev1", time.Now(), "hello"), http.Header{}
	if err := a.signer.Sign(header, time.Now(), body); err != nil {
		t.Fatal(err)
	}
	if _, err := send(t.Context(), b.url+"/slack", body, header); err == nil || !strings.Contains(err.Error(), "answered 401") {
		t.Errorf("got %v", err)
	}
	digits := make([]map[byte]bool, len(newSigningSecret()))
	for range 100 {
		for i, c := range []byte(newSigningSecret()) {
			if digits[i] == nil {
				digits[i] = map[byte]bool{}
			}
			digits[i][c] = true
		}
	}
	for i, seen := range digits {
		if len(seen) < 2 || len(digits) < 32 {
			t.Errorf("digit %d of %d is the same in 100 secrets", i, len(digits))
		}
	}
}

func TestWelcomeAndPage(t *testing.T) {
	a := newApp(t, config{})
	var out bytes.Buffer
	a.welcome(&out)
	if !strings.Contains(out.String(), a.url) || !strings.Contains(out.String(), "X-Slack-Signature: v0=") {
		t.Errorf("the welcome is\n%s", &out)
	}
	resp, err := http.Get(a.url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || !strings.Contains(string(page), "page.js") {
		t.Errorf("the page is %d %s", resp.StatusCode, page)
	}
}
