package queryjob

import (
	"context"
	"errors"
)

type ownerKey struct{}

// withOwner keeps the ID of the signed-in user who asks.
func withOwner(ctx context.Context, sub string) context.Context {
	return context.WithValue(ctx, ownerKey{}, sub)
}

// owned are the fields that let the user, and no other user, read the new job. See
// examples/amplify/amplify/data/resource.ts.
func owned(ctx context.Context) (map[string]any, error) {
	sub, _ := ctx.Value(ownerKey{}).(string)
	if sub == "" {
		return nil, errors.New("no user is signed in")
	}
	return map[string]any{"owner": sub}, nil
}
