package crosscheck_test

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// peers are all providers.
//
// The tests run in bubbles of testing/synctest, so that libraries which read
// [time.Now] see the clock stand still, half a second after the full one.
var peers = map[string]func(*testing.T) *peer{
	"slack": slackPeer, "stripe": stripePeer, "github": githubPeer,
	"shopify": shopifyPeer, "standard v1": symmetricPeer, "standard v1a": asymmetricPeer,
}

func eachPeer(t *testing.T, test func(*testing.T, *peer, *rand.Rand)) {
	for name, of := range peers {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(500 * time.Millisecond) // of the bubble
				test(t, of(t), rand.New(rand.NewPCG(7, 7)))
			})
		})
	}
}

// TestWebhookBothDirections: what the library signs, or where it cannot, what the
// documentation says and the library accepts, we accept; what we sign the library
// and the documentation accept.
func TestWebhookBothDirections(t *testing.T) {
	eachPeer(t, func(t *testing.T, p *peer, r *rand.Rand) {
		for range 1000 / p.cost() {
			q := p.request(r)
			at := time.Now()
			if p.timed {
				at = at.Add(time.Duration(r.IntN(599)-299) * time.Second)
			}
			p.resign(q, at.Unix())
			if p.sign != nil {
				q.header = p.sign(at, q.body)
			}
			if v := p.judge(t, "as the library signs", q); v != (verdict{true, true, true}) {
				t.Fatalf("as the library signs: %+v of %q", v, q.header)
			}
			theirs := q.header.Clone()
			p.set(q, "")
			if err := p.verifier.Sign(q.header, at, q.body); err != nil {
				t.Fatal(err)
			}
			if v := p.judge(t, "as we sign", q); v != (verdict{true, true, true}) {
				t.Fatalf("as we sign: %+v of %q", v, q.header)
			}
			if got, want := q.header.Get(p.signature), theirs.Get(p.signature); got != want {
				t.Fatalf("we sign %s, they %s", got, want)
			}
		}
	})
}

// TestWebhookMutations makes mutations of one kind at a time, and so finds where
// we are stricter: peer.stricter is the whole list.
func TestWebhookMutations(t *testing.T) {
	eachPeer(t, func(t *testing.T, p *peer, r *rand.Rand) {
		each := 500 / p.cost()
		kinds := p.mutations()
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			stricter, listed := 0, p.stricter[kind] != ""
			for n := 0; n < each || listed && stricter == 0 && n < 20*each; n++ {
				q := p.request(r)
				kinds[kind](r, p, q)
				if v := p.judge(t, kind, q); !v.ours && (v.library || v.documented) {
					if stricter++; !listed && stricter == 1 {
						t.Errorf("%s: we refuse what they accept (%+v), and no reason is given\n%q\n%.100q", kind, v, q.header, q.body)
					}
				}
			}
			if listed && stricter == 0 {
				t.Errorf("%s: the library refuses all of them by now, as we do: take it off the list", kind)
			}
		}
		for kind := range p.stricter {
			if kinds[kind] == nil {
				t.Errorf("there is no mutation %q", kind)
			}
		}
		t.Logf("%d mutations of %d kinds", each*len(kinds), len(kinds))
	})
}

// TestWebhookMutationsCombined makes two to four mutations of each request.
func TestWebhookMutationsCombined(t *testing.T) {
	eachPeer(t, func(t *testing.T, p *peer, r *rand.Rand) {
		requests := 10_000 / p.cost()
		kinds := p.mutations()
		names := slices.Sorted(maps.Keys(kinds))
		var made, accepted, refused, lax int
		for range requests {
			q := p.request(r)
			var done []string
			for range 2 + r.IntN(3) {
				kind := names[r.IntN(len(names))]
				kinds[kind](r, p, q)
				done = append(done, kind)
			}
			made += len(done)
			switch v := p.judge(t, strings.Join(done, "; "), q); {
			case v.ours:
				accepted++
			case v.library:
				lax++
			default:
				refused++
			}
			if t.Failed() {
				return
			}
		}
		if accepted == 0 || refused < requests/2 {
			t.Errorf("%d accepted, %d refused: the mutations prove nothing", accepted, refused)
		}
		t.Logf("%d mutations of %d requests: %d accepted by all, %d refused by both, %d refused by us alone", made, requests, accepted, refused, lax)
	})
}

// lax is something that a library accepts and should not.
type lax struct {
	library func() error // accepts
	ours    func() error // refuses
}

// check holds both to it, so that it is known when the library is mended.
func (l lax) check(t *testing.T, name string) {
	t.Helper()
	if err := l.library(); err != nil {
		t.Errorf("%s: the library refuses it by now, as we do (%v): take this case out", name, err)
	}
	if err := l.ours(); err == nil {
		t.Errorf("%s: we accept it", name)
	}
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}
