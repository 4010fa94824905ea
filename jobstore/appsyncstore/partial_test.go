package appsyncstore_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestPartial answers mutations, which then have taken effect, with fields missing.
func TestPartial(t *testing.T) {
	field := func(root string) string {
		return `{"data":{"` + root + `":{"id":"a","status":"processing","attempt":1}},"errors":[{"path":["` + root + `","query"],"errorType":"ThrottlingException","message":"no"}]}`
	}
	object := func(root string) string {
		return `{"data":{"` + root + `":null},"errors":[{"path":["` + root + `","query"],"message":"Cannot return null for non-nullable type: 'String'"}]}`
	}
	for name, answer := range map[string]func(string) string{"a field": field, "the object": object} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []string{answer("updateQueryJob")}}
			store, held := scripted(t, s), jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
			job, err := store.Claim(t.Context(), "a", lease("o"))
			if !errors.Is(err, jobstore.ErrDecode) || job.Claim().ID != "a" || job.Owner != "o" || job.Attempt != 1 || job.LeaseUntil.IsZero() {
				t.Errorf("Claim: %+v, %v; want the claim and ErrDecode", job, err)
			}
			if err := store.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Complete}); err != nil {
				t.Errorf("Settle: %v", err)
			}
			if err := store.Report(t.Context(), held, jobstore.Heartbeat{Seq: 1}); err != nil {
				t.Errorf("Report: %v", err)
			}
			if job, err := store.Cancel(t.Context(), "a", "why"); !errors.Is(err, jobstore.ErrDecode) || job.Status != jobstore.Failed || job.Error != "why" {
				t.Errorf("Cancel: %+v, %v; want the job and ErrDecode", job, err)
			}
			if got := s.requests(); got != 4 {
				t.Errorf("4 calls took %d requests: what has taken effect is not to be tried again", got)
			}
			s.answers = []string{answer("createQueryJob")}
			if job, err := store.Create(t.Context(), "in"); err != nil || job.Input != "in" || job.Status != jobstore.Pending {
				t.Errorf("Create: %+v, %v", job, err)
			}
		})
	}
	s := &script{answers: []string{
		refusal, `{"data":{"getQueryJob":{"id":"a","status":"processing","attempt":8,"claimableFrom":1,"query":"in"}}}`, object("updateQueryJob"),
	}}
	if job, err := scripted(t, s).Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrFinished) || job.Status != jobstore.Failed || job.Input != "in" {
		t.Errorf("Claim of an abandoned job: %+v, %v; want it settled, with ErrFinished", job, err)
	}
	s = &script{answers: []string{field("getQueryJob")}}
	if job, err := scripted(t, s).Get(t.Context(), "a"); !errors.Is(err, jobstore.ErrDecode) || job.Status != jobstore.Processing {
		t.Errorf("Get of a job with a field missing: %+v, %v; want it with ErrDecode", job, err)
	}
	s = &script{answers: []string{object("getQueryJob")}}
	if _, err := scripted(t, s).Get(t.Context(), "a"); err == nil || errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("Get of a job that cannot be read: %v; it is not missing", err)
	}
	s = &script{answers: []string{refusal, `{"data":{"getQueryJob":{"id":"a","status":"processing","claimToken":"o","attempt":2}},"errors":[{"path":["getQueryJob","query"],"message":"no"}]}`}}
	if job, err := scripted(t, s).Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrDecode) || job.Attempt != 2 {
		t.Errorf("Claim again of a job with a field missing: %+v, %v; want it with ErrDecode", job, err)
	}
}

// TestNull takes a mutation's null, without an error, for no success.
func TestNull(t *testing.T) {
	s := &script{echo: func(body []byte, _ http.Header) string {
		return `{"data":{"` + root.FindStringSubmatch(string(body))[1] + `":null}}`
	}}
	for op, err := range everyCall(t.Context(), scripted(t, s)) {
		switch {
		case op == "get" && errors.Is(err, jobstore.ErrNotFound):
		case op == "sweep" && err != nil:
		case err == nil || !strings.Contains(err.Error(), "returned null"):
			t.Errorf("%s: %v", op, err)
		}
	}
}

// TestInvalidRequest blames an output only for what a settle with one meets.
func TestInvalidRequest(t *testing.T) {
	s := &script{answers: []string{graphQLError(`"path":null,"message":"Validation error"`)}}
	store, held := scripted(t, s), jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
	for want, err := range map[bool]error{
		true:  store.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Complete}),
		false: store.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Failed}),
	} {
		if blamed := strings.Contains(err.Error(), "refuses the output"); !errors.Is(err, jobstore.ErrInvalid) || blamed != want {
			t.Errorf("%v, want ErrInvalid that blames the output: %t", err, want)
		}
	}
}

// TestRefusedOutput ends a job whose output AppSync or DynamoDB does not take, which
// no other attempt would mend.
func TestRefusedOutput(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		ends   bool
	}{
		"by the schema":     {graphQLError(`"path":null,"message":"Variable 'response' has an invalid value."`), true},
		"by the table":      {graphQLError(`"path":["x"],"errorType":"DynamoDB:ValidationException","message":"Item size has exceeded the maximum allowed size"`), true},
		"by no one":         {"Bad Request <html>", false},
		"by another server": {"<html>", false},
		"for the moment":    {"Too Many Requests " + graphQLError(`"path":null,"message":"Too many requests"`), false},
		"by a resolver":     {graphQLError(`"path":["x"],"message":"sorry"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			job := `{"data":{"updateQueryJob":{"id":"a","status":"processing","attempt":1,"query":"in"}}}`
			s := &script{answers: []string{job, c.answer, job}}
			once := func(o *appsyncstore.Options) { o.Retryer = aws.NopRetryer{} }
			err := jobstore.Run(t.Context(), scripted(t, s, once), "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }, quiet)
			var finished *jobstore.TerminalError
			if errors.As(err, &finished) != c.ends || (err != nil) != c.ends {
				t.Errorf("Run returned %v, want a *TerminalError: %t, or success with the next try", err, c.ends)
			}
		})
	}
}
