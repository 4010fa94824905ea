package selfinvoke_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

const (
	production = "arn:aws:lambda:us-east-1:123456789012:function:bot"
	staging    = "arn:aws:lambda:us-east-1:210987654321:function:bot"
)

func invoking(function string) func(*selfinvoke.Options) {
	return func(o *selfinvoke.Options) { o.Function = function }
}

func meantFor(audience string) func(*selfinvoke.Options) {
	return func(o *selfinvoke.Options) { o.Audience = audience }
}

// calledBy is the context of an invocation, or one outside Lambda.
func calledBy(arn string) context.Context {
	if arn == "" {
		return context.Background()
	}
	return called(arn)
}

// sentBy returns the event that a task sends when its function is called by an ARN, or
// outside Lambda by "".
func sentBy(arn string, opts ...func(*selfinvoke.Options)) ([]byte, error) {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, func(context.Context, message) error { return nil }, opts...)
	var err error
	h := selfinvoke.Wrap(handlerFunc(func(ctx context.Context, _ []byte) ([]byte, error) {
		err = task.Invoke(ctx, message{"hello"})
		return nil, nil
	}), task)
	if _, failed := h.Invoke(calledBy(arn), []byte(`{}`)); err != nil || failed != nil {
		return nil, errors.Join(err, failed)
	}
	return client.calls[0].Payload, nil
}

// runBy runs an event in a function that is called by an ARN.
func runBy(arn string, event []byte, opts ...func(*selfinvoke.Options)) (ran bool, err error) {
	task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, message) error { ran = true; return nil }, append(opts, quiet)...)
	_, err = selfinvoke.Wrap(noTask{}, task).Invoke(calledBy(arn), event)
	return ran, err
}

type noTask struct{}

func (noTask) Invoke(context.Context, []byte) ([]byte, error) { return nil, errors.New("no task") }

// TestSealsHaveAnAudience: an envelope runs in the function that it was sealed for, and in
// no other that has the same keys.
func TestSealsHaveAnAudience(t *testing.T) {
	const worker = "arn:aws:lambda:us-east-1:123456789012:function:worker"
	type options = []func(*selfinvoke.Options)
	none := options{}
	for name, tt := range map[string]struct {
		sender string
		send   options
		runner string
		run    options
		ok     bool
	}{
		"the same function":               {production, none, production, none, true},
		"by its alias":                    {production, none, production + ":live", none, true},
		"from its alias":                  {production + ":live", none, production, none, true},
		"of another version":              {production + ":7", none, production + ":8", none, true},
		"$LATEST":                         {production + ":$LATEST", none, production, none, true},
		"staging's account":               {staging, none, production, none, false},
		"staging's account, the alias":    {staging + ":live", none, production + ":live", none, false},
		"staging's name":                  {production + "-staging", none, production, none, false},
		"a name that begins the same":     {production, none, production + "2", none, false},
		"another region":                  {strings.Replace(production, "us-east-1", "eu-west-1", 1), none, production, none, false},
		"another partition":               {strings.Replace(production, "aws", "aws-cn", 1), none, production, none, false},
		"another function":                {production, options{invoking("worker")}, production, none, false},
		"a name":                          {production, options{invoking("worker")}, worker, none, true},
		"a name, in staging":              {staging, options{invoking("worker")}, worker, none, false},
		"a name, by its alias":            {production, options{invoking("worker:live")}, worker + ":live", none, true},
		"a name like a region":            {production, options{invoking("us-east-1:live")}, strings.Replace(worker, "worker", "us-east-1", 1), none, true},
		"function: and a name":            {production, options{invoking("function:worker")}, worker, none, true},
		"account and name":                {production, options{invoking("123456789012:function:worker:7")}, worker, none, true},
		"another account and name":        {production, options{invoking("210987654321:function:worker")}, worker, none, false},
		"region, account and name":        {production, options{invoking("us-east-1:123456789012:function:worker")}, worker, none, true},
		"an ARN":                          {production, options{invoking(worker + ":live")}, worker, none, true},
		"an ARN, from outside":            {"", options{invoking(worker)}, worker, none, true},
		"an audience":                     {production, options{meantFor("p")}, production, options{meantFor("p")}, true},
		"an audience, moved":              {production, options{meantFor("p")}, worker, options{meantFor("p")}, true},
		"an audience, from outside":       {"", options{meantFor("p"), invoking("bot")}, production, options{meantFor("p")}, true},
		"an audience, without a context":  {"", options{meantFor("p"), invoking("bot")}, "", options{meantFor("p")}, true},
		"an audience of the same aliases": {production + ":staging", options{meantFor("s")}, production + ":live", options{meantFor("p")}, false},
		"an audience for the runner only": {production, none, production, options{meantFor("p")}, false},
		"an audience for the sender only": {production, options{meantFor("p")}, production, none, false},
		"audiences in other cases":        {production, options{meantFor("p")}, production, options{meantFor("P")}, false},
		"a runner without a context":      {production, none, "", none, false},
		"a runner without a known ARN":    {production, none, "bot", none, false},
	} {
		event, err := sentBy(tt.sender, append(tt.send, withKeys(oldKey))...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ran, err := runBy(tt.runner, event, append(tt.run, withKeys(newKey, oldKey))...)
		if ran != tt.ok || ran != (err == nil) || err != nil && !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: the task ran: %v, %v", name, ran, err)
		}
		if err != nil && (strings.Contains(err.Error(), "123456789012") || !strings.Contains(err.Error(), "udience")) {
			t.Errorf("%s: the error says too much or too little: %v", name, err)
		}
	}
}

// TestSealsNeedAnAudience: a sender that cannot tell for whom it seals does not send.
func TestSealsNeedAnAudience(t *testing.T) {
	for _, function := range []string{"worker", "worker:live", "123456789012:function:worker", "us-east-1:123456789012:function:worker", "a:b:c"} {
		_, err := sentBy("", invoking(function), withKeys(newKey))
		if !errors.Is(err, selfinvoke.ErrNoFunction) || !strings.Contains(err.Error(), "Options.Audience") {
			t.Errorf("%s: got %v", function, err)
		}
	}
	if _, err := sentBy(production, invoking("a:b:c"), withKeys(newKey)); !errors.Is(err, selfinvoke.ErrNoFunction) {
		t.Errorf("a function that is not named: %v", err)
	}
	if _, err := sentBy("", invoking("worker")); err != nil {
		t.Errorf("without keys: %v", err)
	}
}

// TestAudiencesAreNotAdded: neither the member nor the seal can be taken from one
// envelope to another.
func TestAudiencesAreNotAdded(t *testing.T) {
	event, err := sentBy(staging, withKeys(newKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string]string{
		"replaced": strings.Replace(string(event), staging, production, 1),
		"removed":  strings.Replace(string(event), `"audience":"`+staging+`",`, "", 1),
		"repeated": strings.Replace(string(event), `"mac"`, `"audience":"`+production+`","mac"`, 1),
		"folded":   strings.Replace(string(event), `"mac"`, `"AUDIENCE":"`+production+`","mac"`, 1),
	} {
		if changed == string(event) {
			t.Fatalf("%s: the event is the same", name)
		}
		if ran, err := runBy(production, []byte(changed), withKeys(newKey)); ran || !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: the task ran: %v, %v", name, ran, err)
		}
	}
}

// TestRedriveOfASealedEvent: what lies in the dead-letter queue runs when it is sent to
// its function again, by any of its names, and not in staging.
func TestRedriveOfASealedEvent(t *testing.T) {
	dead := make(chan []byte, 1)
	fail, ran := true, 0
	local := lambdalocal.New()
	defer local.Close()
	task := selfinvoke.NewTask("answer", local.Client(), func(context.Context, message) error {
		if fail {
			return errors.New("not yet")
		}
		ran++
		return nil
	}, withKeys(newKey), quiet)
	h := selfinvoke.WrapFunc(func(ctx context.Context, m message) (any, error) { return nil, task.Invoke(ctx, m) }, task)
	for _, name := range []string{"bot", "staging"} {
		if _, err := local.AddFunction(name, h, func(o *lambdalocal.FunctionOptions) {
			o.MaximumRetryAttempts = 0
			o.DeadLetter = func(d lambdalocal.DeadLetter) { dead <- d.Body }
		}); err != nil {
			t.Fatal(err)
		}
	}
	invoke := func(function string, event []byte) *lambda.InvokeOutput {
		out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &function, Payload: event})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := invoke("bot", []byte(`{"Text":"hello"}`)); out.FunctionError != nil {
		t.Fatalf("%s", out.Payload)
	}
	event := <-dead
	fail = false
	for function, want := range map[string]bool{"bot": true, "bot:$LATEST": true, "staging": false} {
		if out := invoke(function, event); (out.FunctionError == nil) != want {
			t.Errorf("%s: %s", function, out.Payload)
		}
	}
	if ran != 2 {
		t.Errorf("ran %d times", ran)
	}
}
