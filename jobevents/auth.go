package jobevents

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
)

// Authorizer adds to a request what the API lets it in by. [IAM], [APIKey] and [Token]
// return one each. Those of package appsyncstore are Authorizers too.
//
// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
type Authorizer interface {
	// Authorize adds headers to r, whose body is given beside it.
	Authorize(r *http.Request, body []byte) error
}

// IAM signs requests with the credentials and for the Region of cfg. The role needs the
// action appsync:EventPublish on the namespace.
func IAM(cfg aws.Config) Authorizer { return appsyncauth.IAM(cfg) }

// APIKey sends an API key. A key that lets browsers subscribe must not let them publish:
// give the namespace PublishAuthModes without API_KEY.
func APIKey(key string) Authorizer { return appsyncauth.APIKey(key) }

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda authorizer. get is
// called for each request, also from several goroutines at once. It should keep a token
// while the token is valid. Token panics when get is nil.
func Token(get func(context.Context) (string, error)) Authorizer {
	if get == nil {
		panic("jobevents: Token: get is nil")
	}
	return appsyncauth.Token(get)
}
