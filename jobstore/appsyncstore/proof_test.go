package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// final are the errors after which a trigger lets go of a job.
var final = []error{jobstore.ErrNotFound, jobstore.ErrFinished, jobstore.ErrLeaseLost, jobstore.ErrInvalid, jobstore.ErrDecode}

func isFinal(err error) bool {
	for _, f := range final {
		if errors.Is(err, f) {
			return true
		}
	}
	return false
}

// TestOldReadsProveNothing has every read show a copy from before the latest change. No
// call takes it for the job's state, and each succeeds when reads catch up.
func TestOldReadsProveNothing(t *testing.T) {
	api := appsynctest.Start(t)
	reopen := func(t *testing.T, id string) {
		t.Helper()
		put(t, api, map[string]any{"id": id, "status": "pending", "attempt": 1, "query": "in"})
	}
	for name, c := range map[string]struct {
		prepare func(l *losing, id string) jobstore.Claim // before the copy is made
		change  func(l *losing, id string)                // after it
		call    func(l *losing, id string, c jobstore.Claim) error
	}{
		"claim of a job that was reopened": {
			func(l *losing, id string) jobstore.Claim {
				c := l.claim(l.create(withID(id)))
				if err := l.settle(c, jobstore.Failed); err != nil {
					l.Fatal(err)
				}
				return c
			},
			func(l *losing, id string) { reopen(l.T, id) },
			func(l *losing, id string, _ jobstore.Claim) error {
				_, err := l.store.Claim(l.Context(), id, jobstore.Lease{Owner: "next", Until: l.now.Add(time.Minute)})
				return err
			},
		},
		"claim of a job that was created again": {
			func(*losing, string) jobstore.Claim { return jobstore.Claim{} },
			func(l *losing, id string) { reopen(l.T, id) },
			func(l *losing, id string, _ jobstore.Claim) error {
				_, err := l.store.Claim(l.Context(), id, jobstore.Lease{Owner: "next", Until: l.now.Add(time.Minute)})
				return err
			},
		},
		"cancel of a job that was just created": {
			func(*losing, string) jobstore.Claim { return jobstore.Claim{} },
			func(l *losing, id string) { l.loseFirst("update"); l.create(withID(id)) },
			func(l *losing, id string, _ jobstore.Claim) error {
				_, err := l.store.Cancel(l.Context(), id, "why")
				return err
			},
		},
		"settle whose answer was lost": {
			func(l *losing, id string) jobstore.Claim { return l.claim(l.create(withID(id))) },
			func(l *losing, _ string) { l.loseFirst("update") },
			func(l *losing, _ string, c jobstore.Claim) error {
				return l.store.Settle(l.Context(), c, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"})
			},
		},
		"settle whose answer was lost, by a copy from before the claim": {
			func(l *losing, id string) jobstore.Claim {
				l.create(withID(id))
				return jobstore.Claim{}
			},
			func(l *losing, id string) { l.held = l.claim(id); l.loseFirst("update") },
			func(l *losing, _ string, _ jobstore.Claim) error {
				return l.store.Settle(l.Context(), l.held, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"})
			},
		},
		"report whose answer was lost": {
			func(l *losing, id string) jobstore.Claim { return l.claim(l.create(withID(id))) },
			func(l *losing, _ string) { l.loseFirst("update") },
			func(l *losing, _ string, c jobstore.Claim) error {
				return l.store.Report(l.Context(), c, jobstore.Heartbeat{Seq: 1})
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, id := newLosing(t, api), jobstore.NewID()
			claim := c.prepare(l, id)
			stale := l.copyOf(t, api, id)
			c.change(l, id)
			l.showing(stale)
			if err := c.call(l, id, claim); err == nil || isFinal(err) {
				t.Errorf("by old reads: %v, want an error that is repeated", err)
			}
			l.hook = nil
			if err := c.call(l, id, claim); err != nil {
				t.Errorf("once reads have caught up: %v", err)
			}
		})
	}
}

// TestRunKeepsAReopenedJob has Run tell its trigger to come back.
func TestRunKeepsAReopenedJob(t *testing.T) {
	api := appsynctest.Start(t)
	l, id := newLosing(t, api), jobstore.NewID()
	if err := l.settle(l.claim(l.create(withID(id))), jobstore.Failed); err != nil {
		t.Fatal(err)
	}
	stale := l.copyOf(t, api, id)
	put(t, api, map[string]any{"id": id, "status": "pending", "attempt": 1, "query": "in"})
	l.showing(stale)
	run := func() error {
		return jobstore.Run(t.Context(), l.store, id, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil },
			quiet, func(o *jobstore.RunOptions) { o.Redelivered = true })
	}
	var again *jobstore.RetryError
	if err := run(); !errors.As(err, &again) || again.Waits {
		t.Errorf("Run returned %v, want a *RetryError that the trigger keeps", err)
	}
	l.hook = nil
	if err := run(); err != nil {
		t.Errorf("once reads have caught up: %v", err)
	}
}

// TestForeignOutcomeUnread has another writer complete a job after the settle whose answer
// was lost, with a field that the function may not read.
func TestForeignOutcomeUnread(t *testing.T) {
	c := &script{answers: []string{
		"", refusal,
		`{"data":{"getQueryJob":{"id":"a","status":"complete","attempt":1,"claimToken":"o/settled","query":null,"response":"theirs"}},"errors":[{"path":["getQueryJob","query"],"errorType":"Unauthorized"}]}`,
	}}
	err := scripted(t, c).Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "ours"})
	if !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("Settle: %v, want ErrLeaseLost", err)
	}
}

// TestCreateReturnsItsInput although the function may not read it.
func TestCreateReturnsItsInput(t *testing.T) {
	var token string
	c := &script{}
	c.echo = func(body []byte, _ http.Header) string {
		var r request
		if err := json.Unmarshal(body, &r); err != nil {
			t.Error(err)
		}
		if made, ok := r.Variables.Input["createToken"].(string); ok {
			if token != "" {
				return refusal
			}
			token = made
			return "" // the answer is lost
		}
		return `{"data":{"getQueryJob":{"id":"a","status":"processing","attempt":1,"createToken":"` + token + `","query":null}},"errors":[{"path":["getQueryJob","query"],"errorType":"Unauthorized"}]}`
	}
	job, err := scripted(t, c).Create(t.Context(), "in", withID("a"), func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"session": "s"} })
	if err != nil || job.Input != "in" || job.Metadata["session"] != "s" || job.Status != jobstore.Processing {
		t.Errorf("Create: %+v, %v", job, err)
	}
}
