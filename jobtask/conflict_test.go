package jobtask_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// charge is the input of a job that Stripe has started.
type charge struct {
	Amount  int
	Pending int
	At      time.Time
	Extra   map[string]any
}

func noAnswer(context.Context, *jobstore.Job[charge, string]) (string, error) { return "", nil }

// TestARepeatWithAnotherInputIsTold, and answered as the hook chooses. The first input
// stays.
func TestARepeatWithAnotherInputIsTold(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	first := charge{Amount: 1999, Pending: 2, At: at, Extra: map[string]any{"n": 7, "list": []any{"a"}}}
	refused := errors.New("refused")
	for name, tt := range map[string]struct {
		again charge
		told  bool
		err   error
	}{
		"the same":                        {first, false, refused},
		"the same, as a store returns it": {charge{1999, 2, at.In(time.FixedZone("", 3600)), map[string]any{"n": 7.0, "list": []any{"a"}}}, false, refused},
		"a counter, accepted":             {charge{1999, 1, at, first.Extra}, true, nil},
		"a counter, refused":              {charge{1999, 1, at, first.Extra}, true, refused},
		"another event":                   {charge{}, true, refused},
	} {
		jobs, client := memstore.New[charge, string](), &queue{}
		var told []jobtask.Conflict
		work := jobtask.New("charge", client, jobs, noAnswer, quiet, func(o *jobtask.Options) {
			o.OnConflict = func(_ context.Context, c jobtask.Conflict) error {
				told = append(told, c)
				return tt.err
			}
		})
		if err := work.Start(invocation(), "stripe::evt_1", first); err != nil || len(told) > 0 {
			t.Fatalf("%s: %v, told %v", name, err, told)
		}
		err := work.Start(invocation(), "stripe::evt_1", tt.again)
		if tt.told != (len(told) == 1) || tt.told && !errors.Is(err, tt.err) || !tt.told && err != nil {
			t.Errorf("%s: got %v, told %+v", name, err, told)
		}
		if invoked := len(client.events); (invoked == 1) != (err != nil) {
			t.Errorf("%s: %d events after %v", name, invoked, err)
		}
		if tt.told {
			c := told[0]
			stored, ok := c.Stored.(charge)
			if given, _ := c.Given.(charge); !ok || c.ID != "stripe::evt_1" || c.Status != jobstore.Pending || stored.Amount != 1999 || given.Amount != tt.again.Amount {
				t.Errorf("%s: told %+v", name, c)
			}
		}
		if j, err := jobs.Get(t.Context(), "stripe::evt_1"); err != nil || j.Input.Amount != 1999 || j.Input.Pending != 2 {
			t.Errorf("%s: the job is %+v, %v", name, j, err)
		}
	}
}

// TestAnotherInputOfAFinishedJobIsTold: also to a process that has not seen the job before.
func TestAnotherInputOfAFinishedJobIsTold(t *testing.T) {
	jobs := memstore.New[charge, string]()
	for process := range 2 {
		var told []jobtask.Conflict
		work := jobtask.New("charge", &queue{}, jobs, noAnswer, quiet, func(o *jobtask.Options) {
			o.OnConflict = func(_ context.Context, c jobtask.Conflict) error { told = append(told, c); return nil }
		})
		if err := work.Start(invocation(), "stripe::evt_1", charge{Amount: 1999}); err != nil || len(told) > 0 {
			t.Fatalf("%v, told %v", err, told)
		}
		if process == 0 {
			if err := jobstore.Run(t.Context(), jobs, "stripe::evt_1", noAnswer); err != nil {
				t.Fatal(err)
			}
		}
		if err := work.Start(invocation(), "stripe::evt_1", charge{Amount: 1}); err != nil || len(told) != 1 || told[0].Status != jobstore.Complete {
			t.Errorf("%v, told %+v", err, told)
		}
	}
}

// TestConflictsAreLoggedByDefault, without the inputs, and acknowledged: Stripe would
// send them again for days.
func TestConflictsAreLoggedByDefault(t *testing.T) {
	var log bytes.Buffer
	jobs, client := memstore.New[string, string](), &queue{}
	work := jobtask.New("work", client, jobs, answer, quiet, func(o *jobtask.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, input := range []string{"hidden 1", "hidden 2"} {
		if err := work.Start(invocation(), "delivery", input); err != nil {
			t.Fatal(err)
		}
	}
	line := log.String()
	if !strings.Contains(line, `level=WARN msg="jobtask: a job with this ID and another input exists" job=delivery status=pending`) || strings.Contains(line, "hidden") {
		t.Errorf("logged %s", line)
	}
}

// TestSendersCannotSuppressEachOther in one table: GitHub's delivery has the ID of
// Stripe's event, and two tenants have one ID.
func TestSendersCannotSuppressEachOther(t *testing.T) {
	jobs, client := memstore.New[string, string](), &queue{}
	work := jobtask.New("work", client, jobs, answer, quiet, func(o *jobtask.Options) {
		o.OnConflict = func(_ context.Context, c jobtask.Conflict) error {
			t.Errorf("the job %s exists", c.ID)
			return nil
		}
	})
	start := func(v *webhook.Verifier, err error, r webhooktest.Request) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		d, err := v.Verify(r.Header, r.Body)
		if err == nil {
			err = work.Start(invocation(), d.Key(), string(d.Body))
		}
		if err != nil {
			t.Error(err)
		}
	}
	tenant := func(name string) func(*webhook.Options) { return func(o *webhook.Options) { o.Endpoint = name } }
	for _, name := range []string{"a", "b"} {
		v, err := webhook.NewStripe(webhooktest.StripeSecret, tenant(name))
		start(v, err, webhooktest.Stripe(webhooktest.StripeSecret, "evt_1", "x", name))
	}
	v, err := webhook.NewGitHub(webhooktest.GitHubSecret, tenant("a"))
	for _, payload := range []string{"captured", "the real one"} {
		start(v, err, webhooktest.GitHub(webhooktest.GitHubSecret, "evt_1", "push", payload))
	}
	if len(client.events) != 4 {
		t.Errorf("%d jobs were started, want 4", len(client.events))
	}
}
