package appsynctest

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// userPool is the issuer of the tokens that the API takes.
const userPool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_appsynctest"

type principal struct {
	Secret  string `json:"secret"`
	Allowed bool   `json:"allowed"`
}

// accessKeys are the IAM principals that the API knows.
var accessKeys = map[string]principal{
	"AKIAPROCESSOR": {Secret: "secret of the processor", Allowed: true},
	"AKIASTRANGER":  {Secret: "secret of the stranger"},
}

// Processor has the credentials of a function that the schema names in
// allow.resource(...).
func (a *API) Processor() aws.CredentialsProvider { return keys("AKIAPROCESSOR") }

// Stranger has the credentials of a function whose role has no policy for the API.
func (a *API) Stranger() aws.CredentialsProvider { return keys("AKIASTRANGER") }

func keys(id string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(id, accessKeys[id].Secret, "")
}

// Token returns a token of the API's user pool that expires after ttl, which may be
// negative. It is not signed.
func (a *API) Token(ttl time.Duration) string {
	claims := fmt.Sprintf(`{"iss":%q,"sub":"user","username":"user","exp":%d}`, userPool, time.Now().Add(ttl).Unix())
	return encode(`{"alg":"none"}`) + "." + encode(claims) + "."
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
