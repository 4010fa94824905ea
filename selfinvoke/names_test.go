package selfinvoke_test

import (
	"context"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestExactNames has events whose members differ from an envelope's by case. AWS and
// this package write exact names: such an event is not an envelope, or lacks the member.
func TestExactNames(t *testing.T) {
	client := &fake{}
	ran := 0
	task := selfinvoke.NewTask("t", client, func(context.Context, string) error { ran++; return nil }, quiet)
	if err := task.Invoke(invocation(t), "x"); err != nil {
		t.Fatal(err)
	}
	made := string(client.calls[0].Payload)
	for _, name := range []string{"isAsync", "version", "task", "id", "hop"} {
		for _, other := range []string{strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
			event := strings.Replace(made, `"`+name+`"`, `"`+other+`"`, 1)
			event = strings.Replace(event, `"payload":"x"`, `"payload":"isAsync"`, 1)
			handled := false
			h := selfinvoke.Wrap(handlerFunc(func(context.Context, []byte) ([]byte, error) { handled = true; return nil, nil }), task)
			_, err := h.Invoke(t.Context(), []byte(event))
			if want := name == "isAsync"; handled != want || (err == nil) != want || ran > 0 {
				t.Errorf("%s: the handler was reached: %v, the task ran %d times, %v", event, handled, ran, err)
			}
		}
	}
}
