package appsyncstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

type fieldsKey struct{}

// WithFields returns a context in which Create writes these fields of the model too: an
// owner, a tenant, the key of a relation, labels. They go over those of [Options].Extra and
// of an outer WithFields.
//
//	ctx = appsyncstore.WithFields(ctx, map[string]any{"owner": sub + "::" + username, "teamId": team})
//	job, err := jobs.Create(ctx, question)
//
// Amplify's allow.owner() compares the field owner with the user's sub::username. Declare
// it, owner: a.string(), else no function may write it, and name it in [Options].Select,
// else the owner's subscription gets no event. [Store.Check] finds both. It cannot find the
// latter for the field of allow.ownersDefinedIn, groupDefinedIn or groupsDefinedIn, which no
// subscription has as an argument: name that in Select too.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/per-user-per-owner-data-access/
func WithFields(ctx context.Context, fields map[string]any) context.Context {
	all := maps.Clone(fieldsOf(ctx))
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, fields)
	return context.WithValue(ctx, fieldsKey{}, all)
}

func fieldsOf(ctx context.Context) map[string]any {
	fields, _ := ctx.Value(fieldsKey{}).(map[string]any)
	return fields
}

// extra are the fields of [Options.Extra] and [WithFields]. None of them is the store's own.
func (s *Store[In, Out]) extra(ctx context.Context) (input, error) {
	extra := input{}
	if s.opts.Extra != nil {
		fields, err := s.opts.Extra(ctx)
		if err != nil {
			return nil, err
		}
		maps.Copy(extra, fields)
	}
	maps.Copy(extra, fieldsOf(ctx))
	own := s.opts.Fields.all()
	for name, v := range extra {
		if !graphQLName.MatchString(name) || slices.Contains(own, name) && name != s.opts.Fields.Partition {
			return nil, fmt.Errorf("%w: Options.Extra or WithFields has the field %q", jobstore.ErrInvalid, name)
		}
		if _, err := json.Marshal(v); err != nil {
			return nil, fmt.Errorf("%w: Options.Extra or WithFields has the field %q with a %T", jobstore.ErrInvalid, name, v)
		}
	}
	return extra, nil
}
