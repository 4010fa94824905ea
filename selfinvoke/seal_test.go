package selfinvoke_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

var (
	oldKey = []byte("an old key of 32 bytes or so....")
	newKey = []byte("a new key of 32 bytes or so.....")
)

func withKeys(list ...[]byte) func(*selfinvoke.Options) {
	keys, err := selfinvoke.NewKeys(list...)
	if err != nil {
		panic(err)
	}
	return func(o *selfinvoke.Options) { o.Keys = keys }
}

func TestNewKeysRefuses(t *testing.T) {
	for want, list := range map[string][][]byte{
		"selfinvoke: NewKeys: there are no keys, want at least 1":       nil,
		"selfinvoke: NewKeys: key 2 of 2 has 5 bytes, want at least 16": {newKey, []byte("short")},

		"selfinvoke: NewKeys: key 1 of 1 was not generated: it has fewer than 4 different bytes": {make([]byte, 32)},
		"selfinvoke: NewKeys: key 1 of 1 was not generated: it is a word that repeats":           {[]byte("changemechangeme")},
		"selfinvoke: NewKeys: key 2 of 2 was not generated: it has fewer than 4 different bytes": {newKey, []byte("xyzxyzxyzxyzxyzxyzxyz")},

		"selfinvoke: NewKeys: key 1 of 1 is a reference that was not resolved": {[]byte("{{resolve:secretsmanager:app:SecretString:seal}}")},
		"selfinvoke: NewKeys: key 2 of 2 is JSON":                              {newKey, []byte(`{"seal":"0123456789abcdef0123456789abcdef"}`)},
		"selfinvoke: NewKeys: key 1 of 1 is a list":                            {[]byte("0123456789abcdef,fedcba9876543210")},
		"selfinvoke: NewKeys: key 1 of 1 begins or ends with white space":      {append(bytes.Clone(newKey), '\n')},
	} {
		if _, err := selfinvoke.NewKeys(list...); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := selfinvoke.NewKeys([][]byte{}...); err == nil {
		t.Error("an empty list of keys was accepted")
	}
}

// TestKeysAreCopied: a caller that clears its copy does not make the key zero.
func TestKeysAreCopied(t *testing.T) {
	key := bytes.Clone(newKey)
	keys := withKeys(key)
	clear(key)
	if err := open(t, sealedEvent(t, keys), withKeys(newKey)); err != nil {
		t.Error(err)
	}
}

// sealedEvent returns an event of a task with these options.
func sealedEvent(t *testing.T, opts ...func(*selfinvoke.Options)) []byte {
	t.Helper()
	client := &fake{}
	ctx := selfinvoke.WithMetadata(invocation(t), map[string]string{"tenant": "a", "zone": "b"})
	if err := selfinvoke.NewTask("answer", client, func(context.Context, message) error { return nil }, opts...).Invoke(ctx, message{"hello"}); err != nil {
		t.Fatal(err)
	}
	return client.calls[0].Payload
}

// open runs the event through a task with these options.
func open(t *testing.T, event []byte, opts ...func(*selfinvoke.Options)) error {
	t.Helper()
	task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, message) error { return nil }, append(opts, quiet)...)
	_, err := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), event)
	return err
}

func TestKeysRotate(t *testing.T) {
	keys := func(list ...[]byte) []func(*selfinvoke.Options) {
		return []func(*selfinvoke.Options){withKeys(list...)}
	}
	steps := []struct {
		name       string
		seal, open []func(*selfinvoke.Options)
		ok         bool
	}{
		{"one key", keys(oldKey), keys(oldKey), true},
		{"the new key is known", keys(oldKey), keys(oldKey, newKey), true},
		{"the new key is known here, not there yet", keys(oldKey, newKey), keys(oldKey), true},
		{"swapped, an old event", keys(oldKey, newKey), keys(newKey, oldKey), true},
		{"swapped, a new event", keys(newKey, oldKey), keys(newKey, oldKey), true},
		{"the old key is gone", keys(newKey), keys(newKey), true},
		{"an event of the old key then", keys(oldKey), keys(newKey), false},
		{"not sealed", nil, keys(newKey), false},
		{"sealed, and not checked", keys(newKey), nil, true},
	}
	for _, s := range steps {
		err := open(t, sealedEvent(t, s.seal...), s.open...)
		if s.ok != (err == nil) || !s.ok && !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

// TestSealCoversEveryField changes one field at a time.
func TestSealCoversEveryField(t *testing.T) {
	trace := func(o *selfinvoke.Options) {
		o.Inject = func(_ context.Context, m map[string]string) { m["traceparent"] = "00-1" }
	}
	event := sealedEvent(t, withKeys(newKey), trace)
	if err := open(t, event, withKeys(newKey)); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(event, &fields); err != nil {
		t.Fatal(err)
	}
	mac := fields["mac"].(string)
	for name, value := range map[string]any{
		"id": "other", "hop": 2, "time": fields["time"].(float64) + 1, "payload": message{"other"},
		"audience": "other", "trace": map[string]string{"traceparent": "00-2"}, "metadata": map[string]string{"tenant": "b"},
		"mac": strings.ToUpper(mac[:10]) + mac[11:] + "0", "": nil,
	} {
		changed := map[string]any{}
		for k, v := range fields {
			changed[k] = v
		}
		changed[name] = value
		data, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		err = open(t, data, withKeys(newKey))
		if name == "" && err != nil {
			t.Errorf("with another member: %v", err)
		}
		if name != "" && (!errors.Is(err, selfinvoke.ErrEnvelope) || strings.Contains(err.Error(), mac[:10])) {
			t.Errorf("%s changed: %v", name, err)
		}
	}
	for name, member := range map[string]string{
		"no MAC": "", "an empty MAC": `"mac":"",`, "a MAC that is not hex": `"mac":"zz",`,
		"a MAC of one byte": `"mac":"` + mac[:2] + `",`, "half a MAC": `"mac":"` + mac[:32] + `",`, "a longer MAC": `"mac":"` + mac + mac[:2] + `",`,
	} {
		data := bytes.Replace(event, []byte(`"mac":"`+mac+`",`), []byte(member), 1)
		if err := open(t, data, withKeys(newKey)); !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSealsKeepFieldsApart moves text from one field to its neighbor, which leaves the text of all
// fields together as it was.
func TestSealsKeepFieldsApart(t *testing.T) {
	trace := func(o *selfinvoke.Options) {
		o.Inject = func(_ context.Context, m map[string]string) { m["a"], m["s"] = "bc", "de" }
	}
	event := string(sealedEvent(t, withKeys(newKey), trace))
	const sealed = `"trace":{"a":"bc","s":"de"},"metadata":{"tenant":"a","zone":"b"}`
	for name, moved := range map[string]string{
		"from a trace to the metadata": `"trace":{"a":"bc"},"metadata":{"s":"de","tenant":"a","zone":"b"}`,
		"from the metadata to a trace": `"trace":{"a":"bc","s":"de","tenant":"a"},"metadata":{"zone":"b"}`,
		"from a value to its name":     `"trace":{"ab":"c","s":"de"},"metadata":{"tenant":"a","zone":"b"}`,
		"from a value to the next":     `"trace":{"a":"b","cs":"de"},"metadata":{"tenant":"a","zone":"b"}`,
		"names exchanged":              `"trace":{"a":"bc","s":"de"},"metadata":{"zone":"a","tenant":"b"}`,
		"a name":                       `"trace":{"b":"bc","s":"de"},"metadata":{"tenant":"a","zone":"b"}`,
	} {
		changed := strings.Replace(event, sealed, moved, 1)
		if changed == event {
			t.Fatalf("%s: nothing has changed in %s", name, event)
		}
		if err := open(t, []byte(changed), withKeys(newKey)); !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, id, _ := strings.Cut(event, `"id":"`)
	other := selfinvoke.NewTask("answer"+id[:1], &fake{}, func(context.Context, message) error {
		t.Error("another task ran")
		return nil
	}, withKeys(newKey), quiet)
	changed := strings.Replace(event, `"task":"answer","id":"`+id[:1], `"task":"answer`+id[:1]+`","id":"`, 1)
	if _, err := selfinvoke.Wrap(never(t), other).Invoke(unwrapped(t), []byte(changed)); !errors.Is(err, selfinvoke.ErrEnvelope) || changed == event {
		t.Errorf("from the ID to the task: %v", err)
	}
}

// TestSealOfAnotherTask: a seal is valid for one task only.
func TestSealOfAnotherTask(t *testing.T) {
	event := bytes.Replace(sealedEvent(t, withKeys(newKey)), []byte(`"task":"answer"`), []byte(`"task":"delete"`), 1)
	task := selfinvoke.NewTask("delete", &fake{}, func(context.Context, message) error {
		t.Error("the task ran")
		return nil
	}, withKeys(newKey), quiet)
	if _, err := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), event); !errors.Is(err, selfinvoke.ErrEnvelope) {
		t.Errorf("got %v", err)
	}
}

func TestSealsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		event := sealedEvent(t, withKeys(newKey))
		unsealed := sealedEvent(t)
		younger := func(o *selfinvoke.Options) { o.MaxAge = 10 * time.Minute }
		time.Sleep(10 * time.Minute)
		if err := open(t, event, withKeys(newKey), younger); err != nil {
			t.Errorf("as old as MaxAge: %v", err)
		}
		time.Sleep(time.Second)
		if err := open(t, event, withKeys(newKey), younger); !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("older than MaxAge: %v", err)
		}
		time.Sleep(6*time.Hour - 6*time.Minute)
		if err := open(t, event, withKeys(newKey)); err != nil {
			t.Errorf("what Lambda kept for six hours: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if err := open(t, event, withKeys(newKey)); !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("a stale envelope: %v", err)
		}
		if err := open(t, unsealed); err != nil {
			t.Errorf("without keys: %v", err)
		}
	})
}

// TestSealsFromTheFuture: the sender's clock may be slightly ahead.
func TestSealsFromTheFuture(t *testing.T) {
	for ahead, ok := range map[time.Duration]bool{4 * time.Minute: true, 6 * time.Minute: false} {
		var event []byte
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(ahead)
			event = sealedEvent(t, withKeys(newKey))
		})
		synctest.Test(t, func(t *testing.T) { // begins at the same time as the other bubble
			if err := open(t, event, withKeys(newKey)); (err == nil) != ok {
				t.Errorf("%v ahead: %v", ahead, err)
			}
		})
	}
}

// TestSealOfInvalidUTF8, as in a Latin-1 header: JSON cannot carry it unchanged.
func TestSealOfInvalidUTF8(t *testing.T) {
	client := &fake{}
	var got string
	task := selfinvoke.NewTask("answer", client, func(ctx context.Context, _ int) error {
		got = selfinvoke.Metadata(ctx)["agent"]
		return nil
	}, withKeys(newKey), quiet, func(o *selfinvoke.Options) {
		o.Inject = func(_ context.Context, m map[string]string) { m["tracestate"] = "\xff\xfe" }
	})
	ctx := selfinvoke.WithMetadata(invocation(t), map[string]string{"agent": "caf\xe9"})
	if err := task.Invoke(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), client.calls[0].Payload); err != nil || got != "caf\ufffd" {
		t.Errorf("got %q, %v", got, err)
	}
}
