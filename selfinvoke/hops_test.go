package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestHopsDoNotOverflow: an envelope that someone forged may say anything. The next one
// has a higher hop, or there is none.
func TestHopsDoNotOverflow(t *testing.T) {
	for hop, runs := range map[string]bool{
		"1": true, "12": true, "9223372036854775806": true, "9223372036854775807": true,
		"0": false, "-1": false, "-9223372036854775808": false, "9223372036854775808": false,
		"99999999999999999999": false, "1.5": false, "1e3": false, "null": false, `"1"`: false,
	} {
		for _, maxHops := range []int{1, 12, math.MaxInt - 1, math.MaxInt} {
			client, ran := &fake{}, false
			var continued error
			var task *selfinvoke.Task[int]
			task = selfinvoke.NewTask("loop", client, func(ctx context.Context, n int) error {
				ran = true
				continued = errors.Join(task.Invoke(ctx, n), task.Continue(ctx, n))
				return nil
			}, quiet, func(o *selfinvoke.Options) { o.MaxHops = maxHops })
			for _, space := range []string{"", " "} { // read by hand, and by encoding/json
				event := fmt.Sprintf(`{%s"isAsync":true,"version":1,"task":"loop","id":"x","hop":%s,"time":0,"payload":1}`, space, hop)
				client.calls, ran = nil, false
				_, err := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), []byte(event))
				if ran != runs || !runs && !errors.Is(err, selfinvoke.ErrEnvelope) {
					t.Errorf("hop %s: ran %v, %v", hop, ran, err)
				}
				if ran && (len(client.calls) == 0) != errors.Is(continued, selfinvoke.ErrTooManyHops) {
					t.Errorf("hop %s of %d: %d calls, %v", hop, maxHops, len(client.calls), continued)
				}
				for _, call := range client.calls {
					ran = false
					if _, err := selfinvoke.Wrap(never(t), task).Invoke(unwrapped(t), call.Payload); !ran || err != nil {
						t.Errorf("hop %s of %d: the next event was refused: %v: %s", hop, maxHops, err, call.Payload)
					}
				}
			}
		}
	}
}

// TestIDsOfALongChain are all different, and a longer chain makes only the number in them longer.
func TestIDsOfALongChain(t *testing.T) {
	const hops = 2000
	client, seen := &fake{}, map[string]bool{}
	var first, last string
	var task *selfinvoke.Task[int]
	task = selfinvoke.NewTask("loop", client, func(ctx context.Context, n int) error {
		last = selfinvoke.ID(ctx)
		seen[last] = true
		return task.Continue(ctx, n)
	}, quiet, func(o *selfinvoke.Options) { o.MaxHops = hops })
	if err := task.Invoke(invocation(t), 0); err != nil {
		t.Fatal(err)
	}
	h := selfinvoke.Wrap(never(t), task)
	for i := range hops {
		_, err := h.Invoke(unwrapped(t), client.calls[i].Payload)
		if (err != nil) != (i == hops-1) {
			t.Fatal(i, err)
		}
		if i == 0 {
			first = last
		}
	}
	if len(seen) != hops || !strings.HasPrefix(last, first+".") || len(last) != len(first)+len(".1999") {
		t.Errorf("%d IDs, the last is %q", len(seen), last)
	}
}
