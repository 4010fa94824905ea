package selfinvoke_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// verbs are all but %p, for which package fmt calls no method.
var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%T", "%10.2v"}

// shows reports whether a text has a part of what is hidden, also in hexadecimal or as
// numbers.
func shows(text, hidden string) bool {
	part := []byte(hidden[:6])
	for _, form := range []string{"%s", "%x", "% x", "%d", "%o", "%b", "%U"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(strings.Trim(fmt.Sprintf(form, part), "[]"))) {
			return true
		}
	}
	return false
}

// carrying is a client that fmt prints in full.
type carrying struct{ creds aws.Credentials }

func (carrying) Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	return nil, errors.New("refused")
}

// TestKeysAreNotShown: of each exported type, by value, by pointer, and in values that
// others make of it.
func TestKeysAreNotShown(t *testing.T) {
	const credential = "AKIAIOSFODNN7EXAMPLE"
	var o selfinvoke.Options
	withKeys(newKey, oldKey)(&o)
	client := carrying{aws.Credentials{SecretAccessKey: credential}}
	task := selfinvoke.NewTask("answer", client, func(context.Context, message) error { return nil }, withKeys(newKey, oldKey), quiet)
	h := selfinvoke.Wrap(handlerFunc(func(ctx context.Context, _ []byte) ([]byte, error) {
		return nil, task.Invoke(ctx, message{"hello"})
	}), task)
	_, failed := h.Invoke(unwrapped(t), []byte(`{}`))
	ours, ok := errors.AsType[*selfinvoke.InvokeError](failed)
	if !ok {
		t.Fatal(failed)
	}
	type exported struct {
		K  selfinvoke.Keys
		P  *selfinvoke.Keys
		O  selfinvoke.Options
		PO *selfinvoke.Options
		T  *selfinvoke.Task[message]
		A  selfinvoke.AnyTask
	}
	type unexported struct {
		k  selfinvoke.Keys
		p  *selfinvoke.Keys
		o  selfinvoke.Options
		po *selfinvoke.Options
		t  *selfinvoke.Task[message]
		a  selfinvoke.AnyTask
	}
	for _, v := range []any{
		o.Keys, &o.Keys, o, &o, *task, task, h, ours, *ours, fmt.Errorf("%w of %v", failed, task),
		exported{o.Keys, &o.Keys, o, &o, task, task},
		&exported{o.Keys, &o.Keys, o, &o, task, task},
		unexported{o.Keys, &o.Keys, o, &o, task, task},
		&unexported{o.Keys, &o.Keys, o, &o, task, task},
		[]selfinvoke.Keys{o.Keys},
		[]*selfinvoke.Options{&o},
		map[string]any{"o": o, "t": task},
		[]selfinvoke.AnyTask{task},
	} {
		var said bytes.Buffer
		for _, verb := range verbs {
			fmt.Fprintf(&said, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&said, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&said, nil)).Info("x", "v", v)
		data, _ := json.Marshal(v)
		said.Write(data)
		for _, hidden := range []string{string(newKey), string(oldKey), credential} {
			if shows(said.String(), hidden) {
				t.Errorf("%T shows %q: %s", v, hidden, said.String())
			}
		}
	}
	if got := fmt.Sprint(o.Keys, task); got != "selfinvoke.Keys(2) selfinvoke.Task(answer)" {
		t.Errorf("got %s", got)
	}
}
