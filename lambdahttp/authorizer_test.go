package lambdahttp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// The events have the members that AWS's pages show.
func TestAuthorizerFrom(t *testing.T) {
	const v2, v1 = `{"version":"2.0","requestContext":{"http":{"method":"GET","path":"/"},"authorizer":`, `{"httpMethod":"GET","path":"/","requestContext":{"authorizer":`
	const end = `}}`
	iam := &lambdahttp.IAM{AccountID: "1", CallerID: "AIDA", UserID: "AIDU", UserARN: "arn:u", PrincipalOrgID: "o-1", CognitoIdentityID: "us-east-1:2"}
	for name, tt := range map[string]struct {
		event string
		want  lambdahttp.Authorizer
		ok    bool
	}{
		"JWT": {
			v2 + `{"jwt":{"claims":{"sub":"u1","n":1,"groups":["a","b"]},"scopes":["read","write"]}}` + end,
			lambdahttp.Authorizer{Claims: map[string]string{"sub": "u1", "n": "1", "groups": `["a","b"]`}, Scopes: []string{"read", "write"}},
			true,
		},
		"a claim of null":    {v2 + `{"jwt":{"claims":{"sub":null,"iss":"i"}}}` + end, lambdahttp.Authorizer{Claims: map[string]string{"iss": "i"}}, true},
		"JWT without scopes": {v2 + `{"jwt":{"claims":{"sub":"u1"},"scopes":null}}` + end, lambdahttp.Authorizer{Claims: map[string]string{"sub": "u1"}}, true},
		"Lambda, 2.0":        {v2 + `{"lambda":{"tenant":"t1","admin":true}}` + end, lambdahttp.Authorizer{Context: map[string]any{"tenant": "t1", "admin": true}}, true},
		"IAM, 2.0": {
			v2 + `{"iam":{"accessKey":"AK","accountId":"1","callerId":"AIDA","cognitoIdentity":{"amr":["x"],"identityId":"us-east-1:2","identityPoolId":"p"},"principalOrgId":"o-1","userArn":"arn:u","userId":"AIDU"}}` + end,
			lambdahttp.Authorizer{IAM: iam},
			true,
		},
		"IAM of a function URL": {
			v2 + `{"iam":{"accountId":"1","callerId":"AIDA","cognitoIdentity":null,"principalOrgId":null,"userArn":"arn:u","userId":"AIDU"}}` + end,
			lambdahttp.Authorizer{IAM: &lambdahttp.IAM{AccountID: "1", CallerID: "AIDA", UserID: "AIDU", UserARN: "arn:u"}},
			true,
		},
		"Cognito":          {v1 + `{"claims":{"sub":"u1","cognito:groups":"a,b"}}` + end, lambdahttp.Authorizer{Claims: map[string]string{"sub": "u1", "cognito:groups": "a,b"}}, true},
		"Lambda, 1.0":      {v1 + `{"principalId":"p1","tenant":"t1","integrationLatency":7}` + end, lambdahttp.Authorizer{PrincipalID: "p1", Context: map[string]any{"tenant": "t1"}}, true},
		"only a principal": {v1 + `{"principalId":"p1","integrationLatency":7}` + end, lambdahttp.Authorizer{PrincipalID: "p1"}, true},
		"IAM, 1.0": {
			`{"httpMethod":"GET","path":"/","requestContext":{"identity":{"accountId":"1","caller":"AIDA","user":"AIDU","userArn":"arn:u","principalOrgId":"o-1","cognitoIdentityId":"us-east-1:2","sourceIp":"192.0.2.1"}}}`,
			lambdahttp.Authorizer{IAM: iam},
			true,
		},
		"none":            {functionURL, lambdahttp.Authorizer{}, false},
		"null":            {v1 + `null` + end, lambdahttp.Authorizer{}, false},
		"an empty one":    {v2 + `{"jwt":{"claims":null,"scopes":null},"iam":{"userArn":"","callerId":""}}` + end, lambdahttp.Authorizer{}, false},
		"no IAM":          {`{"httpMethod":"GET","path":"/","requestContext":{"identity":{"accountId":null,"userArn":null,"sourceIp":"192.0.2.1"}}}`, lambdahttp.Authorizer{}, false},
		"of another case": {v2 + `{"JWT":{"claims":{"sub":"u1"}},"jwt":{"Claims":{"sub":"u1"}},"Lambda":{"a":1}}` + end, lambdahttp.Authorizer{}, false},
		"outside":         {`{"requestContext":{"http":{"method":"GET"}},"authorizer":{"lambda":{"a":1}}}`, lambdahttp.Authorizer{}, false},
	} {
		got, ok := lambdahttp.AuthorizerFrom(contextOf(t, tt.event))
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s: %v, %s", name, ok, diff)
		}
	}
	if _, ok := lambdahttp.AuthorizerFrom(t.Context()); ok {
		t.Error("without an event: ok")
	}
}
