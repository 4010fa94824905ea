package crosscheck_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// peer is a provider: our verifier, its own library and the algorithm it
// documents, all with one secret.
type peer struct {
	verifier  *webhook.Verifier
	signature string // the header
	prefix    string // what stands before the signature

	// signed makes the headers of a request by the documented algorithm. The timestamp
	// can be written in any way.
	signed func(timestamp string, body []byte) http.Header

	// sign signs with the library; nil: it cannot.
	sign func(at time.Time, body []byte) http.Header

	// library is the provider's own verification, documented is what its
	// documentation says, written out here. Both read headers as net/http makes them.
	library, documented func(http.Header, []byte) error

	// timed: the timestamp is signed.
	timed bool

	// costly: a signature takes a hundred times as long as an HMAC.
	costly bool

	// own are mutations of this provider only.
	own map[string]mutation

	// stricter are the kinds of mutations of which the library or the documented
	// algorithm accepts some that we refuse, and why we do. It is complete: a kind
	// that is missing, or that the library has come to refuse, fails the test.
	stricter map[string]string
}

// request is what is mutated.
type request struct {
	header http.Header
	body   []byte
	at     int64
}

func (p *peer) cost() int {
	if p.costly {
		return 10
	}
	return 1
}

func (p *peer) request(r *rand.Rand) *request {
	q := &request{body: randomBody(r)}
	p.resign(q, time.Now().Unix())
	return q
}

// resign signs the request as of a time.
func (p *peer) resign(q *request, at int64) {
	q.at = at
	q.header = p.signed(strconv.FormatInt(at, 10), q.body)
}

func (p *peer) get(q *request) string { return wire(q.header).Get(p.signature) }

func (p *peer) set(q *request, values ...string) {
	for name := range q.header {
		if strings.EqualFold(name, p.signature) {
			delete(q.header, name)
		}
	}
	q.header[p.signature] = values
}

// wire returns the header as net/http would after a transport.
func wire(h http.Header) http.Header {
	out := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			out.Add(name, value)
		}
	}
	return out
}

func randomBody(r *rand.Rand) []byte {
	switch r.IntN(5) {
	case 0:
		return []byte(`{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"` + strings.Repeat("é", r.IntN(200)) + `"}}`)
	case 1:
		return []byte("command=%2Fhi&text=a+b&trigger_id=" + strconv.Itoa(r.Int()))
	case 2:
		return []byte(fmt.Sprintf(`{"id":"evt_%d","object":"event","type":"charge.succeeded"}`, r.Int()))
	case 3:
		return []byte(strconv.FormatInt(time.Now().Unix(), 10) + ".x")
	}
	b := make([]byte, 1+r.IntN(2000))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// verdict is who accepts a request.
type verdict struct{ ours, library, documented bool }

// judge has all verify a request. It is an error if we accept what another
// refuses, or if our error says too much.
func (p *peer) judge(t *testing.T, kind string, q *request) verdict {
	t.Helper()
	_, err := p.verifier.Verify(q.header, q.body)
	onWire := wire(q.header)
	library, documented := p.library(onWire, q.body), p.documented(onWire, q.body)
	switch {
	case err == nil && library != nil:
		t.Errorf("%s: we accept what the library refuses: %v\n%q\n%.100q", kind, library, q.header, q.body)
	case err == nil && documented != nil:
		t.Errorf("%s: we accept what the documentation refuses: %v\n%q\n%.100q", kind, documented, q.header, q.body)
	case err != nil && !errors.Is(err, webhook.ErrSignature):
		t.Errorf("%s: the error is not ErrSignature: %v", kind, err)
	case err != nil && p.leaks(err, q):
		t.Errorf("%s: the error says too much: %v", kind, err)
	}
	return verdict{ours: err == nil, library: library == nil, documented: documented == nil}
}

// leaks reports whether an error holds a part of the secret, of a signature (the
// given or the right one) or of the body.
func (p *peer) leaks(err error, q *request) bool {
	text := err.Error()
	right := p.signed(strconv.FormatInt(q.at, 10), q.body).Get(p.signature)
	for _, private := range []string{secret, p.get(q), right, string(q.body)} {
		for i := 0; i+10 <= len(private); i += 10 {
			if part := private[i : i+10]; part != "1111111111" && strings.Contains(text, part) {
				return true
			}
		}
	}
	return false
}

// secret has the form of Slack's, GitHub's and Shopify's, whsec that of Stripe's and
// Standard Webhooks'.
const (
	secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	whsec  = "whsec_" + secret
)

func macOf(secret string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func hexMAC(secret string, parts ...[]byte) string {
	return hex.EncodeToString(macOf(secret, parts...))
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// timely is the check of a timestamp as the documentation of Slack, Stripe and
// Standard Webhooks has it: five minutes either way.
func timely(timestamp string) error {
	n, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("no timestamp")
	}
	if time.Since(time.Unix(n, 0)).Abs() > 5*time.Minute {
		return errors.New("not timely")
	}
	return nil
}

var errWrong = errors.New("wrong signature")
