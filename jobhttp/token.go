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
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// MaxTokenTime is the longest validity of a read token.
const MaxTokenTime = 15 * time.Minute

const (
	tokenVersion = "jobread2"
	tokenSkew    = time.Minute // how far the clock of the server that issued a token may be ahead
)

// ReadTokens make and check read tokens. A read token shows and watches one job until it
// expires, and does nothing else. The [Authorize] is not asked then: give a token only to
// those who may see the job. It is for a page without a session, and for a browser's
// EventSource, which cannot send headers. A token cannot be revoked. It does not show another job
// that gets the ID of an expired or deleted one later. With a store that takes the tenant from the context, make a handler for each tenant, with an audience of
// its own: a token would else show the job that has the ID in another tenant.
//
// Make ReadTokens with [NewReadTokens]; the zero value has no tokens.
type ReadTokens struct {
	// A func, because fmt prints the unexported fields of a struct without asking Format.
	sign func(fields ...string) []string // by each key
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
	return ReadTokens{func(fields ...string) (macs []string) {
		for _, key := range own {
			macs = append(macs, macOf(key, append([]string{audience}, fields...)))
		}
		return macs
	}}, nil
}

// Format implements [fmt.Formatter], so that printing does not show the keys.
func (t ReadTokens) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "jobhttp.ReadTokens(%t)", t.sign != nil)
}

// IssueToken returns a token for a job, such as for a page that the server renders. A client gets
// one from POST /{id}/token, if it may read the job. It sends the token in the header
// "Authorization: Bearer", or as the parameter "token" of the URL. The header is better, since
// URLs are logged by what is on the way.
//
// IssueToken panics when job is nil, when validFor is less than a second or more than
// [MaxTokenTime], and when t is the zero value.
func IssueToken[In, Out any](t ReadTokens, job *jobstore.Job[In, Out], validFor time.Duration) string {
	switch {
	case t.sign == nil:
		panic("jobhttp: IssueToken: the ReadTokens have no keys, make them with NewReadTokens")
	case job == nil:
		panic("jobhttp: IssueToken: job is nil")
	case validFor < time.Second || validFor > MaxTokenTime:
		panic(fmt.Sprintf("jobhttp: IssueToken: validFor is %v, want 1s to %v", validFor, MaxTokenTime))
	}
	token, _ := issueToken(t, job, validFor)
	return token
}

func issueToken[In, Out any](t ReadTokens, job *jobstore.Job[In, Out], validFor time.Duration) (token string, expires time.Time) {
	expires = time.Now().Add(validFor).Truncate(time.Second)
	return t.tokens(job.ID, expires.Unix(), lives(t, job)[0])[0], expires
}

// tokens are what each key makes of an ID: the version, the time, the life of the job, and an
// HMAC-SHA-256 over these, the audience and the ID.
func (t ReadTokens) tokens(id string, expires int64, life string) []string {
	head := tokenVersion + "." + strconv.FormatInt(expires, 10) + "." + life
	macs := t.sign("jobhttp read token", head, id)
	for i, mac := range macs {
		macs[i] = head + "." + mac
	}
	return macs
}

// lifeLength is in characters, of 6 bits.
const lifeLength = 12

// lives tell a job from those that have its ID before and after it: by when and by whom it was
// created, as each key says it. Who has a token does not learn the caller.
func lives[In, Out any](t ReadTokens, job *jobstore.Job[In, Out]) []string {
	macs := t.sign("jobhttp job", job.ID, job.Caller, strconv.FormatInt(job.CreatedAt.UnixMilli(), 10))
	for i, mac := range macs {
		macs[i] = mac[:lifeLength]
	}
	return macs
}

// check returns of which life of a job a token is, when it expires, and whether it is valid
// now. A token with the same content in another form is none. A forged one takes as long as one that
// has expired.
func (t ReadTokens) check(token, id string) (life string, expires time.Time, ok bool) {
	_, rest, _ := strings.Cut(token, ".")
	text, rest, _ := strings.Cut(rest, ".")
	life, _, _ = strings.Cut(rest, ".")
	seconds, _ := strconv.ParseInt(text, 10, 64)
	for _, want := range t.tokens(id, seconds, life) {
		ok = hmac.Equal([]byte(token), []byte(want)) || ok
	}
	expires = time.Unix(seconds, 0)
	left := time.Until(expires)
	return life, expires, ok && left > 0 && left <= MaxTokenTime+tokenSkew
}

func macOf(key []byte, fields []string) string {
	mac := hmac.New(sha256.New, key)
	for _, field := range fields {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		mac.Write([]byte(field))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
