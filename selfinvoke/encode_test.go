package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// quoting is a value whose methods quote it in their errors.
type quoting struct{ Secret string }

func (q quoting) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("cannot write %s", q.Secret) }

func (q *quoting) UnmarshalJSON(data []byte) error { return fmt.Errorf("cannot read %s", data) }

// TestEncodingErrorsHoldNoPayload: encoding/json returns what the methods of a value say.
func TestEncodingErrorsHoldNoPayload(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, func(context.Context, quoting) error { return nil }, quiet)
	secret := quoting{"hunter2"}
	const event = `{"isAsync":true,"version":1,"task":"answer","id":"x","hop":1,"time":0,"payload":"hunter2"}`
	_, received := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), []byte(event))
	_, result := selfinvoke.WrapFunc(func(context.Context, any) (quoting, error) { return secret, nil }).Invoke(unwrapped(t), []byte(`1`))
	_, input := selfinvoke.WrapFunc(func(context.Context, quoting) (any, error) { return nil, nil }).Invoke(unwrapped(t), []byte(`"hunter2"`))
	for name, err := range map[string]error{"sent": task.Invoke(invocation(t), secret), "received": received, "result": result, "input": input} {
		for ; err != nil; err = errors.Unwrap(err) {
			if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "hunter2") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	if received == nil || result == nil || input == nil || len(client.calls) > 0 {
		t.Error("an error is missing")
	}
}
