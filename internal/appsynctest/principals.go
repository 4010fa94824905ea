package appsynctest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// userPool is the issuer of the tokens that the API takes.
const userPool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_appsynctest"

type principal struct {
	Secret       string `json:"secret"`
	Allowed      bool   `json:"allowed"`      // by a policy of its role
	IdentityPool bool   `json:"identityPool"` // a browser, by Cognito's identity pool
}

// accessKeys are the IAM principals that the API knows.
var accessKeys = map[string]principal{
	"AKIAPROCESSOR": {Secret: "secret of the processor", Allowed: true},
	"AKIASTRANGER":  {Secret: "secret of the stranger"},
	"AKIAGUEST":     {Secret: "secret of the guest", Allowed: true, IdentityPool: true},
}

// Processor has the credentials of a function that the schema names in
// allow.resource(...).
func (a *API) Processor() aws.CredentialsProvider { return keys("AKIAPROCESSOR") }

// Stranger has the credentials of a function whose role has no policy for the API.
func (a *API) Stranger() aws.CredentialsProvider { return keys("AKIASTRANGER") }

// Guest has the credentials that an identity pool gives to a browser, with a policy that
// lets the role call the API.
func (a *API) Guest() aws.CredentialsProvider { return keys("AKIAGUEST") }

func keys(id string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(id, accessKeys[id].Secret, "")
}

// Token returns a token of a user in the API's user pool that expires after ttl, which
// may be negative. It is not signed.
func (a *API) Token(sub string, ttl time.Duration) string {
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"username":%q,"exp":%d}`, userPool, sub, "name of "+sub, time.Now().Add(ttl).Unix())
	return encode(`{"alg":"none"}`) + "." + encode(claims) + "."
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// Caller authorizes a request by headers.
type Caller func(r *http.Request, body []byte) error

// Function is a function that the schema lets in.
func (a *API) Function() Caller { return a.Signed(a.Processor()) }

// Signed is an IAM principal.
func (a *API) Signed(p aws.CredentialsProvider) Caller {
	return func(r *http.Request, body []byte) error {
		c, err := p.Retrieve(r.Context())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		return v4.NewSigner().SignHTTP(r.Context(), c, r, hex.EncodeToString(sum[:]), "appsync", a.Region, time.Now())
	}
}

// User is a signed-in user.
func (a *API) User(sub string) Caller { return header("Authorization", a.Token(sub, time.Hour)) }

// Key is a browser that knows the API key. Only APIs with one let it in.
func (a *API) Key() Caller { return header("X-Api-Key", a.APIKey) }

func header(name, value string) Caller {
	return func(r *http.Request, _ []byte) error {
		r.Header.Set(name, value)
		return nil
	}
}
