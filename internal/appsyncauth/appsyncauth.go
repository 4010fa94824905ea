// Package appsyncauth has what AppSync lets requests in by, for its GraphQL and Event APIs.
package appsyncauth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Authorizer adds headers to requests. It keeps what it knows in functions, within which no
// verb of fmt looks.
type Authorizer struct {
	check     func() error // for constructors; may be nil
	authorize func(r *http.Request, body []byte) error
	skewed    func(server time.Time) bool // corrects the clock of signatures; may be nil
	renews    bool                        // authorize asks a source that may return another token
}

// Renews is true when another call of Authorize may send another token.
func (a Authorizer) Renews() bool { return a.renews }

// Skewed takes the time of a server that has refused a signature. It is true when the local
// clock was wrong; further signatures go by the server's.
func (a Authorizer) Skewed(server time.Time) bool { return a.skewed != nil && a.skewed(server) }

// Refused takes the status of an answer and its Date. It is true when another try may be let
// in, with a signature by the server's clock. A refusal of a wrong clock is 401 or 403, as is
// any other; only the Date tells them apart.
func (a Authorizer) Refused(status int, server time.Time) bool {
	return (status == http.StatusUnauthorized || status == http.StatusForbidden) && !server.IsZero() && a.Skewed(server)
}

// Expired is true of the status of an answer after which another token may be let in.
func (a Authorizer) Expired(status int) bool { return a.renews && status == http.StatusUnauthorized }

// Authorize adds headers to r, whose body is given beside it.
func (a Authorizer) Authorize(r *http.Request, body []byte) error {
	if err := a.Validate(); err != nil {
		return err
	}
	return a.authorize(r, body)
}

// Validate returns why no request can be let in.
func (a Authorizer) Validate() error {
	if a.check == nil {
		return nil
	}
	return a.check()
}

// IAM signs requests with the credentials and for the Region of cfg.
func IAM(cfg aws.Config) Authorizer {
	signer := v4.NewSigner()
	var skew clockSkew
	return Authorizer{
		skewed: skew.correct,
		check: func() error {
			if cfg.Credentials == nil || cfg.Region == "" {
				return errors.New("IAM: the aws.Config has no Credentials or no Region")
			}
			return nil
		},
		authorize: func(r *http.Request, body []byte) error {
			credentials, err := cfg.Credentials.Retrieve(r.Context())
			if err != nil {
				return err
			}
			sum := sha256.Sum256(body)
			return signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(sum[:]), "appsync", cfg.Region, skew.now())
		},
	}
}

// APIKey sends an API key.
func APIKey(key string) Authorizer {
	return Authorizer{
		check: func() error {
			if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
				return errors.New("APIKey: the key is empty, or has white space or other characters that no key has")
			}
			return nil
		},
		authorize: func(r *http.Request, _ []byte) error {
			r.Header.Set("X-Api-Key", key)
			return nil
		},
	}
}

// Token sends the token that get returns.
func Token(get func(context.Context) (string, error)) Authorizer {
	return Authorizer{renews: true, authorize: func(r *http.Request, _ []byte) error {
		text, err := get(r.Context())
		if err == nil && text == "" {
			err = errors.New("Token: the token is empty")
		}
		r.Header.Set("Authorization", text)
		return err
	}}
}
