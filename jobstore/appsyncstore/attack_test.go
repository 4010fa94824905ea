package appsyncstore_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// embedded is a client that New does not know.
type embedded struct{ *http.Client }

// TestNoRedirectIsFollowed has the API send each kind of redirect to each kind of client.
// The other server, which would answer as the API does, gets no request.
func TestNoRedirectIsFollowed(t *testing.T) {
	var stolen atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stolen.Add(1)
		_, _ = io.WriteString(w, `{"data":{"createQueryJob":{"id":"a"},"updateQueryJob":{"id":"a"},"getQueryJob":{"id":"a","status":"pending"},"listQueryJobs":{"items":[]}}}`)
	}))
	defer other.Close()
	users := &http.Client{}
	for _, status := range []int{301, 302, 303, 307, 308} {
		api := httptest.NewServer(http.RedirectHandler(other.URL, status))
		for name, opt := range map[string]func(*appsyncstore.Options){
			"the default":   func(*appsyncstore.Options) {},
			"http.Client":   func(o *appsyncstore.Options) { o.HTTPClient = users },
			"the SDK's own": func(o *appsyncstore.Options) { o.HTTPClient = awshttp.NewBuildableClient() },
		} {
			store, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-key"), opt)
			if err != nil {
				t.Fatal(err)
			}
			for op, err := range everyCall(t.Context(), store) {
				var e *appsyncstore.Error
				if !errors.As(err, &e) || e.Status != status || !strings.Contains(err.Error(), "redirect") {
					t.Errorf("%d, %s, %s: %v, want an error that names the redirect", status, name, op, err)
				}
			}
		}
		api.Close()
	}
	if n := stolen.Load(); n != 0 {
		t.Errorf("the other server got %d requests", n)
	}
	if users.CheckRedirect != nil || users.Timeout != 0 {
		t.Error("the user's client was changed")
	}
}

// TestARedirectThatWasFollowed is an error, even when the answer is a good one.
func TestARedirectThatWasFollowed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"getQueryJob":{"id":"a","status":"pending"}}}`)
	}))
	defer other.Close()
	api := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer api.Close()
	store, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-key"), func(o *appsyncstore.Options) { o.HTTPClient = embedded{&http.Client{}} })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Get(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "has followed a redirect") {
		t.Errorf("%v, want an error that says so", err)
	}
}

// TestARefusalIsNoPartialAnswer, whatever its body says.
func TestARefusalIsNoPartialAnswer(t *testing.T) {
	for status, want := range map[int]string{302: "302 Found: the answer is a redirect", 403: "403 Forbidden: its message is withheld"} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"data":{"updateQueryJob":{"id":"a"}},"errors":[{"path":["x","y"],"message":"no"}]}`)
		}))
		for op, err := range everyCall(t.Context(), localStore(t, api)) {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d, %s: %v, want %q", status, op, err, want)
			}
		}
		api.Close()
	}
}

func localStore(t *testing.T, api *httptest.Server) *appsyncstore.Store[string, string] {
	t.Helper()
	store, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-key"))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// endless writes until the client has enough, and counts.
func endless(w io.Writer, sent *atomic.Int64) {
	for block := bytes.Repeat([]byte(" "), 1<<16); ; {
		n, err := w.Write(block)
		sent.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// TestAnswersHaveALimit: an endless answer, plain or compressed, is read up to the limit
// once, and is an error that says so.
func TestAnswersHaveALimit(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, sent *atomic.Int64){
		"plain": func(w http.ResponseWriter, sent *atomic.Int64) { endless(w, sent) },
		"gzip": func(w http.ResponseWriter, sent *atomic.Int64) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(gzip.NewWriter(w), sent)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			var requests atomic.Int32
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				answer(w, &sent)
			}))
			_, err := localStore(t, api).Get(t.Context(), "a")
			api.CloseClientConnections()
			api.Close()
			if err == nil || !strings.Contains(err.Error(), "the answer is larger than 8 MB") {
				t.Errorf("%v, want an error that names the limit", err)
			}
			if requests.Load() != 1 {
				t.Errorf("%d requests, want 1", requests.Load())
			}
		})
	}
}

// hanging is an HTTPClient without an answer, or with one that never ends.
type hanging struct{ answers bool }

func (h hanging) Do(r *http.Request) (*http.Response, error) {
	if h.answers {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(stalled{r.Context()})}, nil
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestEachTryEnds when the context never does.
func TestEachTryEnds(t *testing.T) {
	for _, answers := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			store := newStoreAt(t, appsyncstore.APIKey("k"), func(o *appsyncstore.Options) { o.HTTPClient, o.Retryer = hanging{answers}, aws.NopRetryer{} })
			_, err := store.Get(context.Background(), "a")
			if waited := time.Since(began); err == nil || !strings.Contains(err.Error(), "no answer in time") || waited != 35*time.Second {
				t.Errorf("answers %t: %v after %v, want an error after 35 s", answers, err, waited)
			}
		})
	}
}

// TestASwitchedProtocolEnds: the connection is then the caller's, and no time limit ends it.
func TestASwitchedProtocolEnds(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	}))
	defer api.Close()
	store := localStore(t, api)
	ended := make(chan error, 1)
	go func() {
		_, err := store.Get(context.Background(), "a")
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "its answer is not HTTP") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		api.CloseClientConnections()
		t.Error("no end")
	}
}

// TestEndpoints refuses what would send a key in clear text.
func TestEndpoints(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://abc.appsync-api.eu-west-1.amazonaws.com/graphql": "",
		"HTTPS://abc.appsync-api.eu-west-1.amazonaws.com/graphql": "",
		"http://127.0.0.1:8080/graphql":                           "",
		"http://127.9.9.9/graphql":                                "",
		"http://[::1]:8080/graphql":                               "",
		"http://[::ffff:127.0.0.1]/graphql":                       "",
		"http://localhost:8080/graphql":                           "",
		"http://LocalHost/graphql":                                "http, want https", // net/http would tell a proxy
		"http://abc.appsync-api.eu-west-1.amazonaws.com/graphql":  "http, want https",
		"http://127.1/graphql":                                    "http, want https",
		"http://2130706433/graphql":                               "http, want https",
		"http://0x7f.0.0.1/graphql":                               "http, want https",
		"http://0.0.0.0/graphql":                                  "http, want https",
		"http://[::]/graphql":                                     "http, want https",
		"http://localhost.example.com/graphql":                    "http, want https",
		"http://127.0.0.1.example.com/graphql":                    "http, want https",
		"http://169.254.169.254/graphql":                          "http, want https",
		"http://127.0.0.1@example.com/graphql":                    "user name or password",
		"https://user:hunter2@example.com/graphql":                "user name or password",
		"https://hunter2@example.com/graphql":                     "user name or password",
		"https://:443/graphql":                                    "not a URL",
		"https:abc.example.com/graphql":                           "not a URL",
		"//abc.example.com/graphql":                               "not a URL",
		"file:///graphql":                                         "not a URL",
		"https://exa\nmple.com/hunter2":                           "not a URL",
	} {
		_, err := appsyncstore.New[string, string](endpoint, "QueryJob", appsyncstore.APIKey("k"))
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", endpoint, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", endpoint, err, want)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%q: the error quotes it: %v", endpoint, err)
		}
	}
}

// TestMalformedAnswersAreNotQuoted: net/http quotes the lines that it cannot read.
func TestMalformedAnswersAreNotQuoted(t *testing.T) {
	for _, answer := range []string{
		"the input of a user\r\n\r\n", "HTTP/1.1 abc the input of a user\r\n\r\n", "HTTP/1.1 200 OK\r\nthe input of a user\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: the input of a user\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: ::the input of a user\x7f\r\n\r\n",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, answer)
				conn.Close()
			}
		}()
		store, err := appsyncstore.New[string, string]("http://"+l.Addr().String(), "QueryJob", appsyncstore.APIKey("k"), func(o *appsyncstore.Options) { o.Retryer = aws.NopRetryer{} })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Create(t.Context(), "the input of a user"); err == nil || strings.Contains(err.Error(), "of a user") {
			t.Errorf("%q: %v", answer, err)
		}
		l.Close()
	}
}

// TestNothingPrintsCredentials: no verb of fmt does.
func TestNothingPrintsCredentials(t *testing.T) {
	for _, authorize := range []appsyncstore.Authorizer{
		appsyncstore.APIKey("da2-hunter2"),
		appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: static{AccessKeyID: "hunter2", SecretAccessKey: "hunter2"}}),
		appsyncstore.Token(func(context.Context) (string, error) { return "hunter2", nil }),
		yours{"hunter2"},
	} {
		store := newStoreAt(t, authorize)
		shown := []any{store, *store}
		if _, ok := authorize.(yours); !ok {
			shown = append(shown, authorize, &authorize, struct{ A appsyncstore.Authorizer }{authorize}, struct{ a appsyncstore.Authorizer }{authorize})
		}
		for _, v := range shown {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
				text := fmt.Sprintf(verb, v)
				if strings.Contains(text, "hunter2") || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "hunter2")) {
					t.Errorf("%s of %T: %s", verb, v, text)
				}
			}
		}
	}
}

// yours is an Authorizer that fmt prints in full, though not as a part of a store.
type yours struct{ key string }

func (y yours) Authorize(r *http.Request, _ []byte) error {
	r.Header.Set("Authorization", y.key)
	return nil
}

// static is a provider that fmt prints in full.
type static aws.Credentials

func (s static) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials(s), nil }
