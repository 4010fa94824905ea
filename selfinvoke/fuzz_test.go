package selfinvoke_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// FuzzWrap checks that an event reaches the handler exactly when its top level
// does not have the mark, and the task exactly when encoding/json reads the event as
// an envelope.
func FuzzWrap(f *testing.F) {
	client := &fake{}
	var got []json.RawMessage
	task := selfinvoke.NewTask("t", client, func(_ context.Context, p json.RawMessage) error {
		got = append(got, p)
		return nil
	}, quiet)
	if err := task.Invoke(invocation(f), json.RawMessage(`{"a":[1,"\u0000"]}`)); err != nil {
		f.Fatal(err)
	}
	made := string(client.calls[0].Payload)
	f.Add(made)
	for _, seed := range []string{
		``, `{}`, `null`, `[{"isAsync":true}]`, `{"isasync":true}`, `{"a":{"isAsync":true}}`, `{"isAsync":true}`, ` ` + made, made + ` `,
		strings.Replace(made, `"payload":`, `"headers":{},"payload":`, 1), strings.TrimSuffix(made, `}`) + `,"requestContext":{}}`,
		strings.Replace(made, `"hop":1`, `"hop":99999999999999999999`, 1), strings.Replace(made, `"t"`, `"\u0074"`, 1),
		strings.Replace(made, `"payload"`, `"mac":"00","payload"`, 1),
		`{"isAsync":true,"version":1,"task":"t","id":"x","hop":1,"time":0,"payload":}`,
		"{\"isAsync\":true,\"version\":1,\"task\":\"t\",\"id\":\"\x00\",\"hop\":1,\"time\":0,\"payload\":{}}",
		`{"isAsync":true,"version":1,"task":"t","id":"x","hop":1,"time":0,"payload":{},"":{}}`,
		`{"isAsync":true,"version":1,"task":"t","id":"x","hop":01,"time":0,"payload":{}}`,
		`{"ISASYNC":true,"version":1,"task":"t","id":"x","hop":1,"time":0,"payload":"isAsync"}`, `{"isAsync":false,` + strings.Replace(made[1:], "isAsync", "isasync", 1),
		strings.Replace(made, `"task":"t"`, `"task":"t","Task":"u"`, 1), strings.Replace(made, `"hop":1`, `"HOP":1`, 1), strings.Replace(made, `"isAsync"`, `"is\u0041sync"`, 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, event string) {
		reached := false
		got = nil
		h := selfinvoke.Wrap(handlerFunc(func(context.Context, []byte) ([]byte, error) { reached = true; return nil, nil }), task)
		_, err := h.Invoke(t.Context(), []byte(event))
		if !json.Valid([]byte(event)) { // never comes from Lambda
			if len(got) > 0 {
				t.Errorf("%q: the task got %q", event, got)
			}
			return
		}
		if marked := hasMark(event); reached == marked {
			t.Errorf("%q: the handler was reached: %v, %v", event, reached, err)
		}
		if want := payloadOf(event); (want == nil) != (len(got) == 0) || want != nil && string(got[0]) != string(want) {
			t.Errorf("%q: the task got %q, want %q; %v", event, got, want, err)
		}
		if !reached && len(got) == 0 && !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%q: %v", event, err)
		}
	})
}

// hasMark reports whether event is an object with a member isAsync, by exactly this
// name. Written with escapes, the name counts only when the event contains the mark too.
func hasMark(event string) bool {
	return top(event)["isAsync"] != nil && strings.Contains(event, `"isAsync"`)
}

// top has the members of event by their exact names.
func top(event string) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal([]byte(event), &members)
	return members
}

// payloadOf is what a valid envelope for the task t carries, or nil.
func payloadOf(event string) json.RawMessage {
	if !hasMark(event) {
		return nil
	}
	var (
		members         = top(event)
		isAsync         bool
		version, hop    int
		task, id, mac   string
		audience        string
		time            int64
		trace, metadata map[string]string
	)
	for name, to := range map[string]any{
		"isAsync": &isAsync, "version": &version, "hop": &hop, "task": &task, "id": &id, "mac": &mac,
		"audience": &audience, "time": &time, "trace": &trace, "metadata": &metadata,
	} {
		if value := members[name]; value != nil && json.Unmarshal(value, to) != nil {
			return nil
		}
	}
	if !isAsync || version != 1 || task != "t" || id == "" || hop < 1 || members["headers"] != nil || members["requestContext"] != nil {
		return nil
	}
	rest, closed := strings.CutSuffix(ours.ReplaceAllString(event, ""), "}")
	if ours.MatchString(event) && closed && !json.Valid([]byte(rest)) {
		return nil // a member behind the payload, which we write last
	}
	return members["payload"]
}

// ours is how our own envelopes begin.
var ours = regexp.MustCompile(`^\{"isAsync":true,"version":1,"task":"t","id":"[ !#-\[\]-~\x7f]+","hop":\d+,"time":\d+,"payload":`)
