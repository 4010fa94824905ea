package appsyncstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

const someJob = `{"data":{"getQueryJob":{"id":"a","status":"pending"}}}`

// TestRetryAfter waits as long as the answer asks, up to 20 seconds.
func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, "3600": 20 * time.Second, "Sat, 01 Jan 2000 00:00:09 GMT": 9 * time.Second,
		"99999999999999999999": 20 * time.Second, "Fri, 31 Dec 9999 23:59:59 GMT": 20 * time.Second, "-7": 0, "Fri, 31 Dec 1999 23:00:00 GMT": 0,
	} {
		for name, r := range map[string]aws.Retryer{"v2": retry.NewStandard(), "v1": struct{ aws.Retryer }{retry.NewStandard()}} {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []string{"Too Many Requests slow down", someJob}, header: http.Header{"Retry-After": {value}}}
				began := time.Now()
				_, err := scripted(t, s, func(o *appsyncstore.Options) { o.Retryer = r }).Get(t.Context(), "a")
				if waited := time.Since(began); err != nil || waited < want || waited > want+time.Second {
					t.Errorf("%s, %s: waited %v, %v, want %v", value, name, waited, err, want)
				}
			})
		}
	}
}

// TestRetryAfterByTheServersClock, of which the local one may differ.
func TestRetryAfterByTheServersClock(t *testing.T) {
	for _, off := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			now := time.Now().Add(off).UTC()
			header := http.Header{"Date": {now.Format(http.TimeFormat)}, "Retry-After": {now.Add(9 * time.Second).Format(http.TimeFormat)}}
			s := &script{answers: []string{"Too Many Requests slow down", someJob}, header: header}
			began := time.Now()
			_, err := scripted(t, s).Get(t.Context(), "a")
			if waited := time.Since(began); err != nil || waited < 9*time.Second || waited > 10*time.Second {
				t.Errorf("off by %v: waited %v, %v, want 9s", off, waited, err)
			}
		})
	}
}

// TestGarbledAnswers are tried again: cut ones, and pages of a proxy.
func TestGarbledAnswers(t *testing.T) {
	for _, answer := range []string{`{"data":{"getQueryJob":{"id":"a"`, "<html>busy</html>", "Bad Gateway <html>", "Service Unavailable <html>", ""} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []string{answer, someJob}}
			if job, err := scripted(t, s).Get(t.Context(), "a"); err != nil || job.ID != "a" {
				t.Errorf("%q: %+v, %v", answer, job, err)
			}
		})
	}
}

// TestHangingTry leaves time for another within the caller's deadline.
func TestHangingTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		store := newStoreAt(t, appsyncstore.APIKey("k"), func(o *appsyncstore.Options) {
			o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
				if tries++; tries == 1 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return response(someJob, nil)
			})
		})
		if _, err := store.Get(ctx, "a"); err != nil {
			t.Errorf("after a try that hung: %v", err)
		}
	})
}

// TestUnauthorizedAsksAgain asks the source of the token once more, and no further.
func TestUnauthorizedAsksAgain(t *testing.T) {
	for second, want := range map[string]int{"new": 2, "old": 2} {
		var sent []string
		tokens := []string{"old", second, second}
		authorize := appsyncstore.Token(func(context.Context) (string, error) {
			token := tokens[0]
			tokens = tokens[1:]
			return token, nil
		})
		s := &script{echo: func(_ []byte, h http.Header) string {
			sent = append(sent, h.Get("Authorization"))
			if h.Get("Authorization") == "new" {
				return someJob
			}
			return "Unauthorized " + graphQLError(`"errorType":"UnauthorizedException","message":"Token has expired."`)
		}}
		_, err := newStoreAt(t, authorize, func(o *appsyncstore.Options) { o.HTTPClient = s }).Get(t.Context(), "a")
		if len(sent) != want || (err == nil) != (second == "new") {
			t.Errorf("sent %q, %v", sent, err)
		}
		if err != nil && !strings.Contains(err.Error(), "Token has expired. (the token or the credentials have expired") {
			t.Errorf("%v, want it to say that the token has expired", err)
		}
	}
}

// TestExpiredCredentials says so.
func TestExpiredCredentials(t *testing.T) {
	for _, e := range []string{
		`"errorType":"ExpiredTokenException","message":"The security token included in the request is expired"`,
		`"errorType":"UnrecognizedClientException","message":"The security token included in the request is expired"`,
		`"errorType":"ExpiredTokenException","message":"another text"`,
	} {
		s := &script{answers: []string{"Forbidden " + graphQLError(e)}}
		_, err := scripted(t, s).Get(t.Context(), "a")
		if err == nil || !strings.Contains(err.Error(), "credentials have expired") {
			t.Errorf("%s: %v", e, err)
		}
	}
}

// TestClockSkew signs again by the server's clock, and stays with it.
func TestClockSkew(t *testing.T) {
	for _, off := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			server := func() time.Time { return time.Now().Add(off).UTC() }
			requests := 0
			credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "secret"}, nil
			})
			client := doer(func(r *http.Request) (*http.Response, error) {
				requests++
				signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
				if err != nil {
					return nil, err
				}
				answer := someJob
				if signed.Sub(server()).Abs() > 5*time.Minute {
					answer = "Forbidden " + graphQLError(fmt.Sprintf(`"errorType":"InvalidSignatureException","message":"Signature expired: %v"`, signed))
				}
				return response(answer, http.Header{"Date": {server().Format(http.TimeFormat)}})
			})
			store := newStoreAt(t, appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: credentials}), func(o *appsyncstore.Options) { o.HTTPClient = client })
			for want := 2; want <= 3; want++ {
				if _, err := store.Get(t.Context(), "a"); err != nil || requests != want {
					t.Errorf("off by %v: %v after %d requests, want %d", off, err, requests, want)
				}
			}
		})
	}
}

// TestWrongSignature by a right clock is an error at once.
func TestWrongSignature(t *testing.T) {
	s := &script{
		answers: []string{"Forbidden " + graphQLError(`"errorType":"InvalidSignatureException","message":"no"`)},
		header:  http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}},
	}
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "secret"}, nil
	})
	_, err := newStoreAt(t, appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: credentials}), func(o *appsyncstore.Options) { o.HTTPClient = s }).Get(t.Context(), "a")
	var e *appsyncstore.Error
	if !errors.As(err, &e) || s.requests() != 1 {
		t.Errorf("%v after %d requests", err, s.requests())
	}
}
