package appsyncstore

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
)

// Authorizer adds to a request what AppSync lets it in by. [IAM], [APIKey] and
// [Token] return one each.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
type Authorizer interface {
	// Authorize adds headers to r, whose body is given beside it.
	Authorize(r *http.Request, body []byte) error
}

// IAM signs requests with the credentials and for the Region of cfg. When AWS refuses a
// signature and its clock is more than four minutes off the local one, the request is
// signed again by AWS's clock. For a Lambda function of an Amplify back end, IAM is what
// allow.resource(...) in the schema lets in.
func IAM(cfg aws.Config) Authorizer { return appsyncauth.IAM(cfg) }

// APIKey sends an API key, as allow.publicApiKey() in the schema lets in. Every browser
// has that key: a back end that takes it for writes has no access control.
func APIKey(key string) Authorizer { return appsyncauth.APIKey(key) }

// Token sends a token of Cognito user pools, OpenID Connect or a Lambda authorizer. get
// is called for each try of a request, also from several goroutines at once. It should keep
// a token while the token is valid. A request that is answered with 401 is tried once more,
// with what get returns then. Token panics when get is nil.
func Token(get func(context.Context) (string, error)) Authorizer {
	if get == nil {
		panic("appsyncstore: Token: get is nil")
	}
	return appsyncauth.Token(get)
}
