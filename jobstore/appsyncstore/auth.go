package appsyncstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Authorizer adds to a request what AppSync lets it in by. [IAM], [APIKey] and
// [Token] make one each.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type Authorizer func(r *http.Request, body []byte) error

// IAM signs requests with the credentials and for the Region of cfg. For a Lambda
// function of an Amplify back end, it is what allow.resource(...) in the schema
// lets in.
func IAM(cfg aws.Config) Authorizer {
	signer := v4.NewSigner()
	return func(r *http.Request, body []byte) error {
		if cfg.Credentials == nil || cfg.Region == "" {
			return errors.New("appsyncstore: IAM: the aws.Config has no Credentials or no Region")
		}
		credentials, err := cfg.Credentials.Retrieve(r.Context())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(sum[:]), "appsync", cfg.Region, time.Now())
	}
}

// APIKey sends an API key, as allow.publicApiKey() in the schema lets in.
func APIKey(key string) Authorizer {
	return func(r *http.Request, _ []byte) error {
		if key == "" {
			return errors.New("appsyncstore: APIKey: the key is empty")
		}
		r.Header.Set("X-Api-Key", key)
		return nil
	}
}

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda
// authorizer. get is called for each request, at times from several goroutines, and
// should keep a token for as long as it is valid.
func Token(get func(context.Context) (string, error)) Authorizer {
	return func(r *http.Request, _ []byte) error {
		if get == nil {
			return errors.New("appsyncstore: Token: get is nil")
		}
		token, err := get(r.Context())
		if err == nil && token == "" {
			err = errors.New("appsyncstore: Token: the token is empty")
		}
		if err == nil {
			r.Header.Set("Authorization", token)
		}
		return err
	}
}
