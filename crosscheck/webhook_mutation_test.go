package crosscheck_test

import (
	"encoding/base64"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
)

// mutation changes a request.
type mutation func(r *rand.Rand, p *peer, q *request)

// mutations returns the mutations that apply to a provider.
func (p *peer) mutations() map[string]mutation {
	all := maps.Clone(bodies)
	maps.Copy(all, signatures)
	if p.timed {
		maps.Copy(all, times)
	}
	maps.Copy(all, p.own)
	return all
}

var bodies = map[string]mutation{
	"body: a bit flipped": func(r *rand.Rand, _ *peer, q *request) {
		if len(q.body) > 0 {
			q.body = []byte(flip(r, string(q.body)))
		}
	},
	"body: truncated": func(r *rand.Rand, _ *peer, q *request) { q.body = q.body[:r.IntN(len(q.body)+1)] },
	"body: longer": func(r *rand.Rand, _ *peer, q *request) {
		q.body = []byte(pick(r, "\n", " ", "\x00", "}", "\ufeff") + string(q.body) + pick(r, "", "\n", "\r\n", "\x00"))
	},
	"body: another, signed": func(r *rand.Rand, p *peer, q *request) {
		q.body = randomBody(r)
		p.resign(q, q.at)
	},
}

var signatures = map[string]mutation{
	"signature: a bit flipped": func(r *rand.Rand, p *peer, q *request) { p.set(q, flip(r, p.get(q))) },
	"signature: truncated": func(r *rand.Rand, p *peer, q *request) {
		s := p.get(q)
		p.set(q, pick(r, s[:r.IntN(len(s)+1)], s[r.IntN(len(s)+1):]))
	},
	"signature: longer": func(r *rand.Rand, p *peer, q *request) {
		p.set(q, p.get(q)+pick(r, "0", "00", "=", "a", "\x00", p.get(q)))
	},
	"signature: missing": func(_ *rand.Rand, p *peer, q *request) { p.set(q) },
	"signature: empty":   func(r *rand.Rand, p *peer, q *request) { p.set(q, pick(r, "", " ", p.prefix)) },
	"signature: spaces": func(r *rand.Rand, p *peer, q *request) {
		s := p.get(q)
		at := r.IntN(len(s) + 1)
		p.set(q, pick(r, " "+s, s+" ", "\t"+s, s+"\n", s[:at]+" "+s[at:], s[:at]+"\n"+s[at:]))
	},
	"signature: upper case": func(r *rand.Rand, p *peer, q *request) {
		head, mac := p.split(q)
		p.set(q, pick(r, head, strings.ToUpper(head))+strings.ToUpper(mac))
	},
	"signature: twice": func(_ *rand.Rand, p *peer, q *request) { p.set(q, p.get(q), p.get(q)) },
	"signature: and a wrong one": func(r *rand.Rand, p *peer, q *request) {
		good, bad := p.get(q), flip(r, p.get(q))
		if r.IntN(2) == 0 {
			good, bad = bad, good
		}
		p.set(q, good, bad)
	},
	"signature: joined by a comma": func(r *rand.Rand, p *peer, q *request) {
		p.set(q, pick(r, p.get(q)+","+p.get(q), p.get(q)+", "+p.get(q), p.prefix+","+p.get(q)))
	},
	"signature: the header in another case": func(r *rand.Rand, p *peer, q *request) {
		s := p.get(q)
		p.set(q)
		delete(q.header, p.signature)
		q.header[pick(r, strings.ToLower(p.signature), strings.ToUpper(p.signature))] = []string{s}
	},
	"signature: the header in two cases": func(r *rand.Rand, p *peer, q *request) {
		q.header[strings.ToLower(p.signature)] = []string{pick(r, p.get(q), flip(r, p.get(q)), "")}
	},
	"signature: another prefix": func(r *rand.Rand, p *peer, q *request) {
		head, mac := p.split(q)
		prefix := pick(r, "", "v0=", "v1=", "V0=", "v0", "v0==", "v0:", "sha1=", "sha256=", "SHA256=", "sha512=", "sha256:", "v1,", "v1a,", "v2,", "V1,", "v1 ", p.prefix+p.prefix)
		p.set(q, strings.TrimSuffix(head, p.prefix)+prefix+mac)
	},
	"signature: of another secret": func(r *rand.Rand, p *peer, q *request) {
		head, _ := p.split(q)
		mac := macOf(pick(r, "", "another", strings.ToLower(secret), secret+"\n"), q.body)
		p.set(q, head+pick(r, hex.EncodeToString(mac), base64.StdEncoding.EncodeToString(mac)))
	},
	"signature: of the body alone": func(r *rand.Rand, p *peer, q *request) {
		head, _ := p.split(q)
		mac := macOf(secret, q.body)
		p.set(q, head+pick(r, hex.EncodeToString(mac), base64.StdEncoding.EncodeToString(mac)))
	},
	"signature: in another encoding": func(r *rand.Rand, p *peer, q *request) {
		head, s := p.split(q)
		mac, err := hex.DecodeString(s)
		if err != nil {
			mac, _ = base64.StdEncoding.DecodeString(s)
		}
		p.set(q, head+pick(r, hex.EncodeToString(mac), base64.StdEncoding.EncodeToString(mac), base64.RawStdEncoding.EncodeToString(mac),
			base64.URLEncoding.EncodeToString(mac), strayBit(base64.StdEncoding.EncodeToString(mac)), string(mac)))
	},
}

// split takes the signature's header apart: what stands before the signature.
func (p *peer) split(q *request) (head, signature string) {
	value := p.get(q)
	if p.prefix == "" {
		return "", value
	}
	at := max(0, strings.LastIndex(value, p.prefix))
	at += len(p.prefix) * min(1, strings.Count(value, p.prefix))
	return value[:at], value[at:]
}

var times = map[string]mutation{
	"time: another": func(r *rand.Rand, _ *peer, q *request) { retime(q, strconv.FormatInt(q.at+offset(r), 10)) },
	"time: another, signed": func(r *rand.Rand, p *peer, q *request) {
		p.resign(q, q.at+offset(r))
	},
	"time: another spelling": func(r *rand.Rand, _ *peer, q *request) { retime(q, spelled(r, q.at)) },
	"time: another spelling, signed": func(r *rand.Rand, p *peer, q *request) {
		q.header = p.signed(spelled(r, q.at), q.body)
	},
}

// offset returns seconds around both edges of the tolerance, and far away.
func offset(r *rand.Rand) int64 {
	offsets := []int64{1, 60, 298, 299, 300, 301, 302, 3600, 365 * 86400, 1 << 40, 1 << 62}
	return offsets[r.IntN(len(offsets))] * int64(1-2*r.IntN(2))
}

// spelled writes a timestamp as no provider does.
func spelled(r *rand.Rand, at int64) string {
	s := strconv.FormatInt(at, 10)
	return pick(r, "+"+s, "0"+s, "000"+s, " "+s, s+" ", "\t"+s, s+"\n", "-"+s, s+".0", s+"e0", s+"000", "0x"+strconv.FormatInt(at, 16),
		s[:3]+"_"+s[3:], s+","+s, s+"\x00", "", "0", "now", "９"+s[1:], s[:len(s)-1], "9223372036854775807", "99999999999999999999")
}

// retime changes the timestamp and leaves the signature.
func retime(q *request, timestamp string) {
	old := strconv.FormatInt(q.at, 10)
	for _, values := range q.header {
		for i, value := range values {
			values[i] = strings.Replace(value, old, timestamp, 1)
		}
	}
}

// flip flips a bit.
func flip(r *rand.Rand, s string) string {
	if s == "" {
		return "x"
	}
	b := []byte(s)
	b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	return string(b)
}

func pick(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// strayBit sets a bit that padded base64 has no use for, if there is one.
func strayBit(encoded string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	text := strings.TrimRight(encoded, "=")
	if text == encoded || text == "" {
		return encoded
	}
	last := strings.IndexByte(alphabet, text[len(text)-1])
	return text[:len(text)-1] + string(alphabet[last|1]) + encoded[len(text):]
}
