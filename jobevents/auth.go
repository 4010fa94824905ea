package jobevents

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

// Authorizer adds to a request what the API lets it in by. [IAM], [APIKey] and [Token]
// return one each. Those of package appsyncstore are Authorizers too.
//
// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
type Authorizer interface {
	// Authorize adds headers to r, whose body is given beside it.
	Authorize(r *http.Request, body []byte) error
}

// authorizer keeps what it knows in a function, within which no verb of fmt looks.
type authorizer func(r *http.Request, body []byte) error

func (a authorizer) Authorize(r *http.Request, body []byte) error { return a(r, body) }

// IAM signs requests with the credentials and for the Region of cfg. The role needs the
// action appsync:EventPublish on the namespace.
func IAM(cfg aws.Config) Authorizer {
	signer := v4.NewSigner()
	return authorizer(func(r *http.Request, body []byte) error {
		if cfg.Credentials == nil || cfg.Region == "" {
			return errors.New("IAM: the aws.Config has no Credentials or no Region")
		}
		credentials, err := cfg.Credentials.Retrieve(r.Context())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(sum[:]), "appsync", cfg.Region, time.Now())
	})
}

// APIKey sends an API key. A key that lets browsers subscribe must not let them publish:
// give the namespace PublishAuthModes without API_KEY.
func APIKey(key string) Authorizer {
	return authorizer(func(r *http.Request, _ []byte) error {
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return errors.New("APIKey: the key is empty, or has white space or other characters that no key has")
		}
		r.Header.Set("X-Api-Key", key)
		return nil
	})
}

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda authorizer. get is
// called for each request, also from several goroutines at once. It should keep a token
// while the token is valid. Token panics when get is nil.
func Token(get func(context.Context) (string, error)) Authorizer {
	if get == nil {
		panic("jobevents: Token: get is nil")
	}
	return authorizer(func(r *http.Request, _ []byte) error {
		text, err := get(r.Context())
		if err == nil && text == "" {
			err = errors.New("Token: the token is empty")
		}
		r.Header.Set("Authorization", text)
		return err
	})
}
