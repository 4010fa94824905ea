package streamproc_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// checkStatus holds what Pending lets through against the tree of an image.
var checkStatus = func() func(t *testing.T, image []byte) {
	handled, log := false, &failures{}
	d := streamproc.New(func(context.Context, streamproc.Record[any]) error { handled = true; return nil },
		func(o *streamproc.Options) { o.Needs, o.Logger = streamproc.KeysOnly, slog.New(log) })
	return func(t *testing.T, image []byte) {
		t.Helper()
		handled, log.errs = false, nil
		_, err := answer(d.Invoke(t.Context(), around(image)))
		tree, ok := parseTree(image)
		if !ok || tooDeep(image) {
			return
		}
		pending, malformed := statusOf(tree)
		if err != nil || handled != pending || (log.last() != nil) != malformed {
			t.Fatalf("%q: handled is %t, %v and %v, want handled %t, an error %t", image, handled, err, log.last(), pending, malformed)
		}
	}
}()

func statusOf(tree any) (pending, malformed bool) {
	members, isObject := tree.(map[string]any)
	status, has := members["status"]
	if !isObject || !has {
		return false, !isObject
	}
	value, ok := treeValue(status)
	s, isString := value.(*types.AttributeValueMemberS)
	return ok && isString && s.Value == "pending", !ok
}
