package appsyncstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestErrorsHoldNoSecrets has servers quote all that they were sent.
func TestErrorsHoldNoSecrets(t *testing.T) {
	secrets := []string{
		"input of a user", "session of a user", "token of an owner", "reason of a user", "message of a worker", "output of a worker",
		"da2-secretkey", "secret of the signer", "session-token", "Signature=", "eyJ",
	}
	quote := func(text string) string {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(text)
	}
	for name, message := range map[string]func(body []byte, h http.Header) string{
		"the body":         func(body []byte, _ http.Header) string { return string(body) },
		"the body escaped": func(body []byte, _ http.Header) string { return quote(string(body)) },
		"the key":          func(_ []byte, h http.Header) string { return "unknown key " + h.Get("X-Api-Key") },
		"the signature": func(_ []byte, h http.Header) string {
			return "The Canonical String should have been x-amz-security-token:" + h.Get("X-Amz-Security-Token")
		},
		"the body in Unicode escapes": func(body []byte, _ http.Header) string {
			var text strings.Builder
			for _, r := range string(body) {
				fmt.Fprintf(&text, "\\u%04x", r)
			}
			return text.String()
		},
		"the body in pieces": func(body []byte, _ http.Header) string {
			return strings.Join(strings.SplitAfter(string(body), "o"), "\u200b")
		},
		"the header": func(_ []byte, h http.Header) string { return "not a valid key=value pair: " + h.Get("Authorization") },
		"a beginning": func(body []byte, _ http.Header) string {
			s := string(body)
			if i := strings.Index(s, "of a "); i > 0 {
				return "got invalid value " + s[max(0, i-12):i+10]
			}
			return "no"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{echo: func(body []byte, h http.Header) string {
				return "Bad Request " + graphQLError(`"errorType":"BadRequestException","message":"`+quote(message(body, h))+`"`)
			}}
			for auth, a := range map[string]appsyncstore.Authorizer{
				"key":   appsyncstore.APIKey("da2-secretkeyofthetests"),
				"token": appsyncstore.Token(func(context.Context) (string, error) { return "eyJtokenOfTheTests.and.more", nil }),
				"IAM": appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKIATESTS", SecretAccessKey: "secret of the signer", SessionToken: "session-token-of-the-tests"}, nil
				})}),
			} {
				store := newStoreAt(t, a, func(o *appsyncstore.Options) { o.HTTPClient = s })
				for op, err := range everyCall(t.Context(), store) {
					if err == nil || !strings.Contains(err.Error(), "BadRequestException") {
						t.Errorf("%s with %s: %v", op, auth, err)
					}
					for _, secret := range secrets {
						if strings.Contains(err.Error(), secret) {
							t.Errorf("%s with %s holds %q: %v", op, auth, secret, err)
						}
					}
				}
			}
		})
	}
}

// TestInvalidByTheAPI has the real validation quote a value.
func TestInvalidByTheAPI(t *testing.T) {
	api := appsynctest.Start(t)
	store, err := appsyncstore.New[int, string](api.URL, "QueryJob", iam(api)) // the model's query is a string
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Create(t.Context(), 424242)
	var e *appsyncstore.Error
	if !errors.As(err, &e) || strings.Contains(err.Error(), "424242") {
		t.Errorf("%v, want an *Error without the value", err)
	}
}

// TestMessages passes on the names of the schema in a message, and no other text of it.
func TestMessages(t *testing.T) {
	for _, c := range []struct{ err, want string }{
		{`"path":null,"message":"Validation error of type FieldUndefined: Field 'progress' in type 'QueryJob' is undefined"`, "withheld; it names error, FieldUndefined, progress, QueryJob"},
		{`"path":["updateQueryJob"],"message":"Not Authorized to access claimToken on type QueryJob"`, "withheld; it names updateQueryJob, claimToken, QueryJob"},
		{`"path":null,"message":"Variable 'input' has coerced Null value for NonNull type 'UpdateQueryJobInput!'"`, "withheld; it names UpdateQueryJobInput"},
		{`"path":null,"message":"invalid value \"the output of a user\""`, "its message is withheld"},
		{`"path":null,"message":"invalid value \\u0074he outp\\u0075t of a user"`, "its message is withheld"},
		{`"path":null,"message":"invalid value t\u200bhe/out/put/of/a/user"`, "its message is withheld"},
		{`"path":null,"message":"` + strings.Repeat("x", 1<<20) + `"`, "its message is withheld"},
		{`"path":["the output of a user"],"message":""`, "its message is withheld"},
		{`"errorType":"user","message":"Permission denied"`, "200: Permission denied"},
		{`"errorType":"` + strings.Repeat("x", 65) + `:Y","message":"Permission denied"`, "200: Permission denied"},
		{`"errorType":"X:` + strings.Repeat("y", 65) + `","message":"Permission denied"`, "200: Permission denied"},
		{`"errorType":"X\nlevel=ERROR","message":"Permission denied"`, "200: Permission denied"},
		{`"errorType":"X\u001b[31m","message":"Permission denied"`, "200: Permission denied"},
		{`"errorType":"the output of a user","message":"Rate exceeded"`, "200: Rate exceeded"},
		{`"errorType":"ValidationException","message":"no"`, "200 ValidationException: its message is withheld"},
	} {
		s := &script{answers: []string{graphQLError(c.err)}}
		err := scripted(t, s).Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "the owner", Attempt: 1},
			jobstore.Outcome[string]{Status: jobstore.Complete, Output: "the output of a user, ValidationException"})
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%.200s: got %v, want it to end %q", c.err, err, c.want)
		}
	}
}

// TestAStatusIsNotQuoted: a record of another program may have anything there.
func TestAStatusIsNotQuoted(t *testing.T) {
	record := `{"id":"a","status":"4111-1111","query":"?"}`
	refused := graphQLError(`"path":["x"],"errorType":"DynamoDB:ConditionalCheckFailedException","message":"The conditional request failed"`)
	answers := []string{refused, `{"data":{"getQueryJob":` + record + `}}`, refused, `{"data":{"getQueryJob":` + record + `}}`}
	_, get := scripted(t, &script{answers: answers[1:2]}).Get(t.Context(), "a")
	_, claim := scripted(t, &script{answers: answers}).Claim(t.Context(), "a", lease("o"))
	_, cancel := scripted(t, &script{answers: answers}).Cancel(t.Context(), "a", "why")
	for call, err := range map[string]error{"get": get, "claim": claim, "cancel": cancel} {
		if err == nil || !strings.Contains(err.Error(), "status is not that of a job") || strings.Contains(err.Error(), "4111") {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// TestTypesRepeatNothing: an error's type that was a word of the request is left out, wherever the
// answer has it.
func TestTypesRepeatNothing(t *testing.T) {
	for where, s := range map[string]*script{
		"the answer": {answers: []string{"Bad Request " + graphQLError(`"errorType":"Hunter2","message":"no"`)}},
		"its header": {answers: []string{"Bad Request {}"}, header: http.Header{"X-Amzn-Errortype": {"Hunter2:x"}}},
	} {
		for whose, sent := range map[string]struct{ key, input string }{"the input": {"da2-key", "password=Hunter2"}, "the key": {"da2-Hunter2", "q"}} {
			store := newStoreAt(t, appsyncstore.APIKey(sent.key), func(o *appsyncstore.Options) { o.HTTPClient = s })
			if _, err := store.Create(t.Context(), sent.input); err == nil || strings.Contains(err.Error(), "Hunter2") {
				t.Errorf("a word of %s, in %s: %v", whose, where, err)
			}
		}
	}
}
