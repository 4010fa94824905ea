package selfinvoke_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestFailuresAreSeen by Lambda, by the hook and in the log.
func TestFailuresAreSeen(t *testing.T) {
	boom := errors.New("boom")
	for name, work := range map[string]func() error{
		"error": func() error { return boom },
		"panic": func() error { panic(boom) },
	} {
		var hooked error
		var log bytes.Buffer
		client, ctx := &fake{}, invocation(t)
		task := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return work() }, func(o *selfinvoke.Options) {
			o.Logger = slog.New(slog.NewJSONHandler(&log, nil))
			o.OnError = func(ctx context.Context, err error) {
				if hooked = err; selfinvoke.ID(ctx) == "" {
					t.Errorf("%s: the hook's context is not the task's", name)
				}
			}
		})
		if err := task.Invoke(ctx, "a secret"); err != nil {
			t.Fatal(err)
		}
		_, err := selfinvoke.Wrap(never(t), task).Invoke(ctx, client.calls[0].Payload)
		if !errors.Is(err, boom) || !errors.Is(hooked, boom) {
			t.Errorf("%s: Lambda got %v, the hook %v", name, err, hooked)
		}
		var panicked *selfinvoke.PanicError
		if errors.As(err, &panicked) != (name == "panic") {
			t.Errorf("%s: %T", name, err)
		}
		var line map[string]any
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v: %s", name, err, &log)
		}
		if line["task"] != "answer" || line["id"] == "" || line["hop"] != 1.0 || line["error"] == nil {
			t.Errorf("%s: logged %s", name, &log)
		}
		if logged := line["stack"] != nil; logged != (name == "panic") {
			t.Errorf("%s: a stack was logged: %v", name, logged)
		}
		if strings.Contains(log.String(), "secret") {
			t.Errorf("%s: the payload was logged: %s", name, &log)
		}
	}
}

func TestPanicValuesAreNotShown(t *testing.T) {
	for value, want := range map[any]string{"a secret": "panic with a value of type string", errors.New("why"): "panic: why"} {
		if got := (&selfinvoke.PanicError{Value: value}).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRefusedEnvelopesReachTheHook(t *testing.T) {
	var hooked error
	task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, message) error { return nil }, quiet, withKeys(newKey),
		func(o *selfinvoke.Options) { o.OnError = func(_ context.Context, err error) { hooked = err } })
	_, err := selfinvoke.Wrap(never(t), task).Invoke(t.Context(), sealedEvent(t))
	if !errors.Is(err, selfinvoke.ErrEnvelope) || !errors.Is(hooked, selfinvoke.ErrEnvelope) {
		t.Errorf("Lambda got %v, the hook %v", err, hooked)
	}
}

// bomb is a payload whose decoding panics.
type bomb struct{}

func (*bomb) UnmarshalJSON([]byte) error { panic("boom") }

// TestPanicsOutsideTheFunc: decoding the payload and Extract run the user's
// code too.
func TestPanicsOutsideTheFunc(t *testing.T) {
	ok := func(context.Context, bomb) error { return nil }
	for name, opt := range map[string]func(*selfinvoke.Options){
		"decoding": func(*selfinvoke.Options) {},
		"Extract": func(o *selfinvoke.Options) {
			o.Extract = func(context.Context, map[string]string) context.Context { panic("boom") }
		},
	} {
		var hooked error
		client, ctx := &fake{}, invocation(t)
		task := selfinvoke.NewTask("answer", client, ok, quiet, opt, func(o *selfinvoke.Options) {
			o.OnError = func(_ context.Context, err error) { hooked = err }
		})
		if err := task.Invoke(ctx, bomb{}); err != nil {
			t.Fatal(err)
		}
		_, err := selfinvoke.Wrap(never(t), task).Invoke(ctx, client.calls[0].Payload)
		var p *selfinvoke.PanicError
		if !errors.As(err, &p) || !errors.As(hooked, &p) {
			t.Errorf("%s: Lambda got %v, the hook %v", name, err, hooked)
		}
	}
}

// TestDebugLinesHoldNoPayload covers accepted events and finished tasks.
func TestDebugLinesHoldNoPayload(t *testing.T) {
	var log bytes.Buffer
	client, ctx := &fake{}, invocation(t)
	task := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil }, func(o *selfinvoke.Options) {
		o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if err := task.Invoke(ctx, "a secret"); err != nil {
		t.Fatal(err)
	}
	if _, err := selfinvoke.Wrap(never(t), task).Invoke(ctx, client.calls[0].Payload); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || strings.Contains(log.String(), "secret") {
		t.Fatalf("logged %s", &log)
	}
	for _, line := range lines {
		if !strings.Contains(line, `"task":"answer","id":"`) || !strings.Contains(line, `"hop":1`) {
			t.Errorf("logged %s", line)
		}
	}
}
