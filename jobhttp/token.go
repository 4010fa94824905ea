package jobhttp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/mackey"
)

// MaxTokenTime is the longest validity of a read token.
const MaxTokenTime = 15 * time.Minute

const (
	tokenVersion = "jobread1"
	tokenSkew    = time.Minute // how far the clock of the server that issued a token may be ahead
)

// ReadTokens make and check read tokens. A read token shows and watches one job until it
// expires, and does nothing else. The [Authorize] is not asked then: give a token only to
// those who may see the job. It is for a page without a session, and for a browser's
// EventSource, which cannot send headers. A token cannot be revoked. It names the job by its
// ID: an ID that you give to another job within its time shows the other job too. With a store
// that takes the tenant from the context, make a handler for each tenant, with an audience of
// its own: a token would else show the job that has the ID in another tenant.
//
// Make ReadTokens with [NewReadTokens]; the zero value has no tokens.
type ReadTokens struct {
	// A func, because fmt prints the unexported fields of a struct without asking Format.
	sign func(id string, expires int64) []string // by each key
}

// NewReadTokens returns the tokens for [Options.ReadTokens]. The first key signs, and a
// token that any of them has signed is accepted. To rotate, add the new key at the end and
// deploy, make it the first and deploy again, and remove the old one 15 minutes later.
//
// audience names the API, such as by its stage and table. A token of another audience is
// refused, also one that the same key has signed. Give each handler of a table an audience of
// its own: a token that one of them issues would show what another's [Options] add to a view.
//
// NewReadTokens fails when audience is empty, when there are no keys, and when one was not
// generated: it has fewer than 16 bytes, or fewer than 4 that differ, or is a text that stands for
// a key, such as a reference that a template has left.
func NewReadTokens(audience string, keys ...[]byte) (ReadTokens, error) {
	own, err := mackey.Copy(keys)
	if err == nil && audience == "" {
		err = errors.New("audience is empty")
	}
	if err != nil {
		return ReadTokens{}, fmt.Errorf("jobhttp: NewReadTokens: %w", err)
	}
	return ReadTokens{func(id string, expires int64) (tokens []string) {
		for _, key := range own {
			tokens = append(tokens, signToken(key, audience, id, expires))
		}
		return tokens
	}}, nil
}

// Format implements [fmt.Formatter], so that printing does not show the keys.
func (t ReadTokens) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "jobhttp.ReadTokens(%t)", t.sign != nil)
}

// Issue returns a token for the job with this ID, such as for a page that the server
// renders. A client gets one from POST /{id}/token, if it may read the job. It sends the
// token in the header "Authorization: Bearer", or as the parameter "token" of the URL. The
// header is better, since URLs are logged by what is on the way.
//
// Issue panics when validFor is less than a second or more than [MaxTokenTime], and when t is
// the zero value.
func (t ReadTokens) Issue(id string, validFor time.Duration) string {
	switch {
	case t.sign == nil:
		panic("jobhttp: ReadTokens.Issue: the ReadTokens have no keys, make them with NewReadTokens")
	case validFor < time.Second || validFor > MaxTokenTime:
		panic(fmt.Sprintf("jobhttp: ReadTokens.Issue: validFor is %v, want 1s to %v", validFor, MaxTokenTime))
	}
	token, _ := t.issue(id, validFor)
	return token
}

func (t ReadTokens) issue(id string, validFor time.Duration) (token string, expires time.Time) {
	expires = time.Now().Add(validFor).Truncate(time.Second)
	return t.sign(id, expires.Unix())[0], expires
}

// check returns when a token for the job expires, and whether it is valid now. A forged
// token takes as long as one that has expired.
func (t ReadTokens) check(token, id string) (expires time.Time, ok bool) {
	_, rest, _ := strings.Cut(token, ".")
	text, _, _ := strings.Cut(rest, ".")
	seconds, _ := strconv.ParseInt(text, 10, 64)
	for _, want := range t.sign(id, seconds) {
		ok = hmac.Equal([]byte(token), []byte(want)) || ok
	}
	expires = time.Unix(seconds, 0)
	left := time.Until(expires)
	return expires, ok && left > 0 && left <= MaxTokenTime+tokenSkew
}

// signToken returns the version, the time and an HMAC-SHA-256 over these, the audience and
// the job. A token with the same content in another form is none.
func signToken(key []byte, audience, id string, expires int64) string {
	head := tokenVersion + "." + strconv.FormatInt(expires, 10)
	mac := hmac.New(sha256.New, key)
	for _, field := range []string{"jobhttp read token", head, audience, id} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		mac.Write([]byte(field))
	}
	return head + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
