//go:build unix && !race

package selfinvoke_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

var fill = lineartest.Fill

// begin is what an envelope begins with in its own layout, without its ID.
const begin = `{"isAsync":true,"version":1,"task":"answer",`

// worst are events of about n bytes that cost a reader most.
var worst = map[string]func(n int) string{
	"capitals":          func(n int) string { return `{"a":"` + fill("A", n) + `"}` },
	"almost marks":      func(n int) string { return `{"a":"` + fill(`isAsyn\"`, n) + `"}` },
	"opened marks":      func(n int) string { return `{"a":{` + fill(`"isAsyn%d":1,`, n) + `"b":1}}` },
	"marks in text":     func(n int) string { return `{"a":"` + fill(`\"isAsync\"`, n) + `"}` },
	"marks deeper down": func(n int) string { return `{"a":[` + fill(`{"isAsync":true},`, n) + `{}]}` },
	"marks as values":   func(n int) string { return `{"a":[` + fill(`"isAsync",`, n) + `1]}` },
	"marks":             func(n int) string { return `{` + fill(`"isAsync":true,`, n) + `"isAsync":true}` },
	"folded marks":      func(n int) string { return `{` + fill(`"ISASYNC":true,`, n) + `"isAsync":true}` },
	"escaped marks":     func(n int) string { return `{` + fill(`"\u0069sAsync":true,`, n) + `"isAsync":true}` },
	"other members":     func(n int) string { return begin + fill(`"m%d":1,`, n) + `"id":"x","hop":1,"payload":1}` },
	"a long member":     func(n int) string { return begin + `"` + fill("a", n) + `":1,"id":"x","hop":1,"payload":1}` },
	"quotes":            func(n int) string { return begin + `"m":"` + fill(`\"`, n) + `","id":"x","hop":1,"payload":1}` },
	"folded members":    func(n int) string { return begin + fill(`"HOP":1,`, n) + `"id":"x","payload":1}` },
	"HTTP members":      func(n int) string { return begin + fill(`"Headers":{},`, n) + `"id":"x","hop":1,"payload":1}` },
	"IDs":               func(n int) string { return begin + fill(`"id":"x",`, n) + `"id":"x","hop":1,"payload":1}` },
	"a long ID":         func(n int) string { return begin + `"id":"` + fill("x.1", n) + `","hop":1,"time":0,"payload":1}` },
	"an escaped ID":     func(n int) string { return begin + `"id":"` + fill(`\u00e9`, n) + `","hop":1,"payload":1}` },
	"a long task": func(n int) string {
		return `{"isAsync":true,"version":1,"task":"` + fill("x", n) + `","id":"x","hop":1}`
	},
	"a long hop":      func(n int) string { return begin + `"id":"x","hop":` + fill("1", n) + `,"time":0,"payload":1}` },
	"a long time":     func(n int) string { return begin + `"id":"x","hop":1,"time":1` + fill("0", n) + `,"payload":1}` },
	"a long exponent": func(n int) string { return begin + `"id":"x","hop":1e` + fill("0", n) + `,"payload":1}` },
	"a long seal":     func(n int) string { return begin + `"id":"x","hop":1,"mac":"` + fill("00", n) + `","payload":1}` },
	"seals":           func(n int) string { return begin + fill(`"mac":"00",`, n) + `"id":"x","hop":1,"payload":1}` },
	"a long audience": func(n int) string {
		return begin + `"id":"x","hop":1,"audience":"` + fill("arn:", n) + `","mac":"00","payload":1}`
	},
	"metadata": func(n int) string {
		return begin + `"id":"x","hop":1,"metadata":{` + fill(`"m%d":"",`, n) + `"a":"b"},"mac":"00","payload":1}`
	},
	"one metadata": func(n int) string {
		return begin + `"id":"x","hop":1,"metadata":{` + fill(`"a":"",`, n) + `"a":"b"},"mac":"00","payload":1}`
	},
	"long metadata": func(n int) string {
		return begin + `"id":"x","hop":1,"metadata":{"a":"` + fill("\xff", n) + `"},"mac":"00","payload":1}`
	},
	"metadatas": func(n int) string {
		return begin + fill(`"metadata":{"a%d":"b"},`, n) + `"id":"x","hop":1,"mac":"00","payload":1}`
	},
	"a trace": func(n int) string {
		return begin + `"id":"x","hop":1,"trace":{` + fill(`"m%d":"",`, n) + `"a":"b"},"mac":"00","payload":1}`
	},
	"a payload":      func(n int) string { return begin + `"id":"x","hop":1,"time":0,"payload":"` + fill("x", n) + `"}` },
	"an escaped one": func(n int) string { return begin + `"id":"x","hop":1,"time":0,"payload":"` + fill(`\\`, n) + `"}` },
	"one of marks": func(n int) string {
		return begin + `"id":"x","hop":1,"time":0,"payload":"` + fill(`\"isAsync\"`, n) + `"}`
	},
	"a nested one": func(n int) string {
		return begin + `"id":"x","hop":1,"payload":` + fill("[", n/2) + fill("]", n/2) + `}`
	},
	"a list of nested": func(n int) string { return begin + `"id":"x","hop":1,"payload":[` + fill(`[[[[[[]]]]]],`, n) + `1]}` },
	"one of members": func(n int) string {
		return begin + `"id":"x","hop":1,"time":0,"payload":{` + fill(`"m%d":1,`, n) + `"a":1}}`
	},
	"one and members": func(n int) string {
		return begin + `"id":"x","hop":1,"time":0,"payload":1,` + fill(`"m%d":1,`, n) + `"a":1}`
	},
	"payloads":         func(n int) string { return begin + fill(`"payload":1,`, n) + `"id":"x","hop":1}` },
	"one that is open": func(n int) string { return begin + `"id":"x","hop":1,"time":0,"payload":"` + fill("x", n) },
	"space":            func(n int) string { return fill(" \n", n) + begin + `"id":"x","hop":1,"payload":1}` },
	"space at its end": func(n int) string { return begin + `"id":"x","hop":1,"time":0,"payload":1` + fill(" ", n) + `}` },
	"not UTF-8":        func(n int) string { return begin + `"id":"` + fill("\xff", n) + `","hop":1,"payload":1}` },
	"no JSON":          func(n int) string { return fill(`"isAsync"`, n) },
	"a long text":      func(n int) string { return `"` + fill("isAsync", n) + `"` },
}

// TestReadersAreLinear: each event where most of it is read.
func TestReadersAreLinear(t *testing.T) {
	plain := selfinvoke.NewTask("answer", &fake{}, func(context.Context, any) error { return nil }, quiet)
	sealed := selfinvoke.NewTask("answer", &fake{}, func(context.Context, any) error { return nil }, quiet, withKeys(newKey, oldKey))
	inner := handlerFunc(func(context.Context, []byte) ([]byte, error) { return nil, nil })
	all := func(string) bool { return true }
	readers := map[string]struct {
		lambda.Handler
		reads func(event string) bool
	}{
		"Wrap":           {selfinvoke.Wrap(inner, plain), all},
		"Wrap with keys": {selfinvoke.Wrap(inner, sealed), hasSeal},
		"Wrap of a func": {selfinvoke.Wrap(lambda.NewHandler(func(context.Context, json.RawMessage) error { return nil }), plain), isForHandler},
		"WrapFunc":       {selfinvoke.WrapFunc(func(context.Context, message) (any, error) { return nil, nil }, plain), isForHandler},
	}
	for shape, of := range worst {
		events := lineartest.Once(func(n int) []byte { return []byte(of(n)) })
		for name, reader := range readers {
			if !reader.reads(of(1000)) {
				continue
			}
			lineartest.Check(t, name+", "+shape, func(n int) func() {
				event := events(n)
				return func() { _, _ = reader.Invoke(unwrapped(t), event) }
			})
		}
	}
}

func hasSeal(event string) bool { return strings.Contains(event, `"mac"`) }

func isForHandler(event string) bool { return !strings.Contains(event, begin) }

// TestInvokeIsLinear: what a task sends may come from a request.
func TestInvokeIsLinear(t *testing.T) {
	for name, ctx := range map[string]func(n int) context.Context{
		"payload": func(n int) context.Context { return invocation(t) },
		"metadata": func(n int) context.Context {
			var m map[string]string
			if err := json.Unmarshal([]byte(`{`+fill(`"m%d":"\u00ff",`, n)+`"a":"b"}`), &m); err != nil {
				t.Fatal(err)
			}
			return selfinvoke.WithMetadata(invocation(t), m)
		},
		"a long value": func(n int) context.Context {
			return selfinvoke.WithMetadata(invocation(t), map[string]string{"a": fill("\xff", n)})
		},
		"ARN": func(n int) context.Context { return called("arn:aws:lambda:eu-central-1:1:function:" + fill("f", n)) },
	} {
		lineartest.Check(t, name, func(n int) func() {
			inner := ctx(n)
			task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, string) error { return nil }, withKeys(newKey), invoking("function:bot"))
			return func() { _ = task.Invoke(inner, fill("<", n)) }
		})
	}
}
