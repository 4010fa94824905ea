package appsyncstore

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

// Authorizer adds to a request what AppSync lets it in by. [IAM], [APIKey] and
// [Token] return one each.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type Authorizer interface {
	// Authorize adds headers to r, whose body is given beside it.
	Authorize(r *http.Request, body []byte) error
}

// authorizer keeps what it knows in functions, within which no verb of fmt looks.
type authorizer struct {
	check     func() error // for New; may be nil
	authorize func(r *http.Request, body []byte) error
	skewed    func(server time.Time) bool // corrects the clock of signatures; may be nil
	renews    bool                        // authorize asks a source that may return another token
}

func (a authorizer) Authorize(r *http.Request, body []byte) error {
	if err := a.validate(); err != nil {
		return err
	}
	return a.authorize(r, body)
}

func (a authorizer) validate() error {
	if a.check == nil {
		return nil
	}
	return a.check()
}

// IAM signs requests with the credentials and for the Region of cfg. When AWS refuses a
// signature and its clock is more than four minutes off the local one, the request is
// signed again by AWS's clock. For a Lambda
// function of an Amplify back end, it is what allow.resource(...) in the schema
// lets in.
func IAM(cfg aws.Config) Authorizer {
	signer := v4.NewSigner()
	var skew clockSkew
	return authorizer{
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

// APIKey sends an API key, as allow.publicApiKey() in the schema lets in. Every browser
// has that key: a back end that takes it for writes has no access control.
func APIKey(key string) Authorizer {
	return authorizer{
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

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda authorizer. get
// is called for each try of a request, also from several goroutines at once. It should keep
// a token while the token is valid. A request that is answered with 401 is tried once more,
// with what get returns then. Token panics when get is nil.
func Token(get func(context.Context) (string, error)) Authorizer {
	if get == nil {
		panic("appsyncstore: Token: get is nil")
	}
	return authorizer{renews: true, authorize: func(r *http.Request, _ []byte) error {
		text, err := get(r.Context())
		if err == nil && text == "" {
			err = errors.New("Token: the token is empty")
		}
		r.Header.Set("Authorization", text)
		return err
	}}
}
