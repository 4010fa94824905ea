package appsyncstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestCallerNeedsAField refuses a caller that the model has no field for.
func TestCallerNeedsAField(t *testing.T) {
	store := newStore(t, appsynctest.Start(t))
	_, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID, o.Caller = "a", "user" })
	if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "Fields.Caller") {
		t.Errorf("%v, want ErrInvalid that names the option", err)
	}
	if _, err := store.Get(t.Context(), "a"); !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("the job was stored: %v", err)
	}
}

// TestTakesOverWhatHasNotChanged: the lease of a record without one ends by the time of its latest change, so a claim
// of it is refused once there is a later change.
func TestTakesOverWhatHasNotChanged(t *testing.T) {
	const changed = "2020-01-01T00:00:00.000Z"
	s := &script{answers: []string{
		graphQLError(`"path":["updateQueryJob"],"errorType":"DynamoDB:ConditionalCheckFailedException","message":"The conditional request failed"`),
		`{"data":{"getQueryJob":{"id":"a","status":"processing","query":"q","updatedAt":"` + changed + `"}}}`,
		`{"data":{"updateQueryJob":{"id":"a","status":"processing","query":"q","attempt":1}}}`,
	}}
	if _, err := scripted(t, s).Claim(t.Context(), "a", lease("w")); err != nil {
		t.Fatal(err)
	}
	if last := string(s.bodies[len(s.bodies)-1]); !strings.Contains(last, `{"updatedAt":{"eq":"`+changed+`"}}`) {
		t.Errorf("the claim's condition has no time of the change: %s", last)
	}
}
