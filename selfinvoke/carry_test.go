package selfinvoke_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

type spanKey struct{}

// TestTraceAndMetadataTravel follows both over two hops.
func TestTraceAndMetadataTravel(t *testing.T) {
	client, ctx := &fake{}, invocation(t)
	ctx = selfinvoke.WithMetadata(context.WithValue(ctx, spanKey{}, "00-1"), map[string]string{"tenant": "a"})
	var spans []string
	var metadata []map[string]string
	var task *selfinvoke.Task[int]
	task = selfinvoke.NewTask("t", client, func(ctx context.Context, n int) error {
		span, _ := ctx.Value(spanKey{}).(string)
		spans, metadata = append(spans, span), append(metadata, selfinvoke.Metadata(ctx))
		if n == 0 {
			return nil
		}
		return task.Invoke(ctx, n-1)
	}, func(o *selfinvoke.Options) {
		o.Inject = func(ctx context.Context, m map[string]string) { m["traceparent"] = ctx.Value(spanKey{}).(string) }
		o.Extract = func(ctx context.Context, m map[string]string) context.Context {
			return context.WithValue(ctx, spanKey{}, m["traceparent"])
		}
	})
	if err := task.Invoke(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if _, err := selfinvoke.Wrap(never(t), task).Invoke(invocation(t), client.calls[i].Payload); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{"tenant": "a"}
	if d := cmp.Diff([]string{"00-1", "00-1"}, spans) + cmp.Diff([]map[string]string{want, want}, metadata); d != "" {
		t.Error(d)
	}
	if m := selfinvoke.Metadata(invocation(t)); m != nil {
		t.Errorf("outside: %v", m)
	}
}

// TestWithMetadataReplaces the metadata of the task's own envelope.
func TestWithMetadataReplaces(t *testing.T) {
	client := &fake{}
	var got []map[string]string
	var task *selfinvoke.Task[map[string]string]
	task = selfinvoke.NewTask("t", client, func(ctx context.Context, next map[string]string) error {
		got = append(got, selfinvoke.Metadata(ctx))
		if len(got) == 3 {
			return nil
		}
		return task.Invoke(selfinvoke.WithMetadata(ctx, next), nil)
	})
	if err := task.Invoke(selfinvoke.WithMetadata(invocation(t), map[string]string{"tenant": "a"}), map[string]string{"zone": "b"}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := selfinvoke.Wrap(never(t), task).Invoke(invocation(t), client.calls[i].Payload); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]map[string]string{{"tenant": "a"}, {"zone": "b"}, nil}, got); d != "" {
		t.Error(d)
	}
}
