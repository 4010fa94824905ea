package lambdahttp

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
)

// Authorizer is what a front door has found out about the caller. One kind of
// authorizer sets some of the fields. The others have their zero value.
type Authorizer struct {
	// Claims are those of the caller's token, and Scopes its scopes: of an HTTP API's
	// JWT authorizer, or of a REST API's Cognito user pool. A claim that is not text is
	// here in JSON, and one that is null is left out.
	Claims map[string]string
	Scopes []string

	// PrincipalID and Context are what a Lambda authorizer has returned. HTTP APIs
	// with payload format 2.0 do not pass the principal on. REST APIs make every value
	// text.
	PrincipalID string
	Context     map[string]any

	// IAM is the caller that signed the request, for a front door that authorizes by
	// IAM. It is nil for others.
	IAM *IAM
}

// IAM is a caller of AWS's Identity and Access Management. The users of a Cognito identity
// pool share a role, and have one UserARN, UserID and CallerID, which end with
// CognitoIdentityCredentials: only the CognitoIdentityID tells them apart. Others who assume a
// role choose what stands behind its name.
//
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and
// aws-amplify/amplify-category-api@4b05bf79 packages/amplify-graphql-function-transformer/src/
// graphql-function-transformer.ts, whose resolvers know all users by one ARN.
type IAM struct {
	AccountID, CallerID, UserID, UserARN, PrincipalOrgID string

	CognitoIdentityID string // for credentials of a Cognito identity pool
}

// AuthorizerFrom returns what the front door has found out about the caller of a
// request, given the request's context. It reports false if the front door has
// authorized no one, as without an authorizer for the route or under net/http.
//
// A caller cannot forge an Authorizer, unless it may invoke the function itself.
// A load balancer has none: it puts the token of the users that it authenticates into
// the header X-Amzn-Oidc-Data. You must verify its signature, and that the signer in the
// token's header is your load balancer: those of other accounts sign too.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
func AuthorizerFrom(ctx context.Context) (Authorizer, bool) {
	e := eventOf(ctx)
	if e == nil {
		return Authorizer{}, false
	}
	var a Authorizer
	if e.isV2() {
		a.readV2(e.context.authorizer)
	} else {
		a.readV1(e.context.authorizer)
		a.readIdentity(e.context.identity)
	}
	return a, a.Claims != nil || a.Scopes != nil || a.PrincipalID != "" || a.Context != nil || a.IAM != nil
}

// readV2 reads the authorizer of payload format 2.0.
func (a *Authorizer) readV2(authorizer json.RawMessage) {
	var jwt, iam json.RawMessage
	_ = members{{"jwt", &jwt}, {"lambda", &a.Context}, {"iam", &iam}}.decode(authorizer)
	a.readToken(jwt)
	var caller IAM
	var cognito json.RawMessage
	_ = members{
		{"accountId", &caller.AccountID},
		{"callerId", &caller.CallerID},
		{"userId", &caller.UserID},
		{"userArn", &caller.UserARN},
		{"principalOrgId", &caller.PrincipalOrgID},
		{"cognitoIdentity", &cognito},
	}.decode(iam)
	_ = members{{"identityId", &caller.CognitoIdentityID}}.decode(cognito)
	a.setIAM(caller)
}

// readV1 reads the authorizer of payload format 1.0. It has claims, or what a Lambda
// authorizer has returned beside the principal.
func (a *Authorizer) readV1(authorizer json.RawMessage) {
	a.readToken(authorizer)
	if a.Claims != nil {
		return
	}
	var values map[string]any
	_ = json.Unmarshal(authorizer, &values)
	a.PrincipalID, _ = values["principalId"].(string)
	maps.DeleteFunc(values, func(name string, _ any) bool { return name == "principalId" || name == "integrationLatency" })
	if len(values) > 0 {
		a.Context = values
	}
}

func (a *Authorizer) readToken(token json.RawMessage) {
	var claims map[string]*claim // nil for null
	_ = members{{"claims", &claims}, {"scopes", &a.Scopes}}.decode(token)
	if claims == nil {
		return
	}
	a.Claims = make(map[string]string, len(claims))
	for name, c := range claims {
		if c != nil {
			a.Claims[name] = string(*c)
		}
	}
}

// claim is text, or the JSON of another value.
type claim string

// UnmarshalJSON implements json.Unmarshaler.
func (c *claim) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(c))
	}
	*c = claim(data)
	return nil
}

// readIdentity reads the identity of payload format 1.0, which has an IAM caller. In
// other identities its members are null.
func (a *Authorizer) readIdentity(identity json.RawMessage) {
	var caller IAM
	_ = members{
		{"accountId", &caller.AccountID},
		{"caller", &caller.CallerID},
		{"user", &caller.UserID},
		{"userArn", &caller.UserARN},
		{"principalOrgId", &caller.PrincipalOrgID},
		{"cognitoIdentityId", &caller.CognitoIdentityID},
	}.decode(identity)
	a.setIAM(caller)
}

func (a *Authorizer) setIAM(caller IAM) {
	if cmp.Or(caller.UserARN, caller.CallerID, caller.CognitoIdentityID) != "" {
		a.IAM = &caller
	}
}
