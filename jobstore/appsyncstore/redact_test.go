package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
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

// TestQuotes passes a message on, or withholds it, by what it quotes.
func TestQuotes(t *testing.T) {
	long := "a long text of a user, whose beginning a server quotes, and not its end"
	for _, c := range []struct {
		output, message string
		passed          bool
	}{
		{long, "Field 'progress' in type 'QueryJob' is undefined", true},
		{long, "invalid value " + long[:40] + "…", false},
		{long, strings.Repeat("x", 2048), true},
		{long, strings.Repeat("x", 2049), false},
		{"no", "there is no such field", true},
		{"no", `invalid value "no"`, false},
		{"no", `invalid value 'no'`, false},
		{"two\nlines", `invalid value "two\nlines"`, false},
		{`a "quoted" text`, `invalid value "a \"quoted\" text"`, false},
		{"", "Field 'progress' in type 'QueryJob' is undefined", true},
	} {
		message, err := json.Marshal(c.message)
		if err != nil {
			t.Fatal(err)
		}
		s := &script{answers: []string{graphQLError(`"path":null,"message":` + string(message))}}
		err = scripted(t, s).Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "the owner", Attempt: 1}, jobstore.Outcome[string]{Status: jobstore.Complete, Output: c.output})
		if err == nil || strings.Contains(err.Error(), c.message) != c.passed || strings.Contains(err.Error(), "withheld") == c.passed {
			t.Errorf("%q of %q: %v, want it passed on: %t", c.message, c.output, err, c.passed)
		}
	}
}
