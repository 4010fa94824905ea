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
// [Token] return one each.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type Authorizer interface {
	// Authorize adds headers to r, whose body is given beside it.
	Authorize(r *http.Request, body []byte) error
}

// validator is an Authorizer that New can check.
type validator interface{ validate() error }

// IAM signs requests with the credentials and for the Region of cfg. For a Lambda
// function of an Amplify back end, it is what allow.resource(...) in the schema
// lets in.
func IAM(cfg aws.Config) Authorizer { return iam{cfg, v4.NewSigner()} }

type iam struct {
	cfg    aws.Config
	signer *v4.Signer
}

func (i iam) validate() error {
	if i.cfg.Credentials == nil || i.cfg.Region == "" {
		return errors.New("IAM: the aws.Config has no Credentials or no Region")
	}
	return nil
}

func (i iam) Authorize(r *http.Request, body []byte) error {
	if err := i.validate(); err != nil {
		return err
	}
	credentials, err := i.cfg.Credentials.Retrieve(r.Context())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return i.signer.SignHTTP(r.Context(), credentials, r, hex.EncodeToString(sum[:]), "appsync", i.cfg.Region, time.Now())
}

// APIKey sends an API key, as allow.publicApiKey() in the schema lets in.
func APIKey(key string) Authorizer { return apiKey(key) }

type apiKey string

func (k apiKey) validate() error {
	if k == "" {
		return errors.New("APIKey: the key is empty")
	}
	return nil
}

func (k apiKey) Authorize(r *http.Request, _ []byte) error {
	r.Header.Set("X-Api-Key", string(k))
	return k.validate()
}

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda authorizer. get
// is called for each request, also from several goroutines at once. It should keep a
// token while the token is valid. Token panics when get is nil.
func Token(get func(context.Context) (string, error)) Authorizer {
	if get == nil {
		panic("appsyncstore: Token: get is nil")
	}
	return token(get)
}

type token func(context.Context) (string, error)

func (get token) Authorize(r *http.Request, _ []byte) error {
	text, err := get(r.Context())
	if err == nil && text == "" {
		err = errors.New("Token: the token is empty")
	}
	r.Header.Set("Authorization", text)
	return err
}
