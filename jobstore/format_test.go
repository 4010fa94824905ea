package jobstore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// verbs are all but %p, for which package fmt calls no method.
var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%T", "%100.20v"}

// shows reports whether a text has a token, also in hexadecimal or as numbers.
func shows(text, token string) bool {
	for _, form := range []string{"%s", "%x", "% x", "%d", "%o"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(strings.Trim(fmt.Sprintf(form, []byte(token)), "[]"))) {
			return true
		}
	}
	return false
}

// TestTokensAreNotShown: of each exported type that has one.
func TestTokensAreNotShown(t *testing.T) {
	const token = "Zq0123456789"
	store := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	if _, err := store.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = "a" }); err != nil {
		t.Fatal(err)
	}
	lease := jobstore.Lease{Owner: token, Until: time.Now().Add(time.Minute)}
	job, err := store.Claim(t.Context(), "a", lease)
	if err != nil || job.Owner != token || job.Claim().Owner != token {
		t.Fatalf("%v", err)
	}
	claim := job.Claim()
	job.History = append(job.History, jobstore.Transition{Owner: token})
	refused := store.Settle(t.Context(), jobstore.Claim{ID: "b", Owner: token, Attempt: 1}, jobstore.Outcome[string]{Status: jobstore.Complete})
	if refused == nil {
		t.Fatal("settled")
	}
	state := driver.State{Token: token, Malformed: errors.New("x")}
	type all struct {
		J  jobstore.Job[string, string]
		P  *jobstore.Job[string, string]
		C  jobstore.Claim
		L  *jobstore.Lease
		H  []jobstore.Transition
		St driver.State
	}
	for _, v := range []any{
		*job, job, claim, &claim, lease, &lease, job.History, &job.History[0], state, &state, store, refused,
		fmt.Errorf("%w: %v %+v", refused, job, claim),
		all{*job, job, claim, &lease, job.History, state},
		&all{*job, job, claim, &lease, job.History, state},
		[]any{job, claim},
		map[string]jobstore.Claim{"c": claim},
	} {
		var said bytes.Buffer
		for _, verb := range verbs {
			fmt.Fprintf(&said, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&said, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&said, nil)).Info("x", "v", v)
		if data, err := json.Marshal(v); err == nil {
			said.Write(data)
		}
		if shows(said.String(), token) || shows(said.String(), token[:6]) {
			t.Errorf("%T shows the token: %s", v, said.String())
		}
	}
	for _, text := range []string{fmt.Sprintf("%+v", job), fmt.Sprintf("%+v", claim), fmt.Sprintf("%#v", lease)} {
		if !strings.Contains(text, `Owner:(withheld)`) && !strings.Contains(text, `Owner:"(withheld)"`) {
			t.Errorf("the other fields are not shown as usual: %s", text)
		}
	}
	if text := fmt.Sprintf("%+v", jobstore.Lease{}); !strings.Contains(text, "Owner: ") {
		t.Errorf("a token that is not there is said to be hidden: %s", text)
	}
}
