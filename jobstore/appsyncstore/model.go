package appsyncstore

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// outgoing returns the fields of a mutation as the model has them. Those without a field
// of their own go into State, over what old has there, or nowhere.
func (s *Store[In, Out]) outgoing(fields input, old record) input {
	out, state := input{}, map[string]json.RawMessage{}
	for name, v := range fields {
		switch {
		case slices.Contains(s.opts.ReadOnly, name):
			state["#"+name], _ = json.Marshal(v)
		case virtual(name):
			state[name], _ = json.Marshal(v) // made of strings and numbers
		default:
			out[name] = s.opts.spell(name, v)
		}
	}
	if name := s.opts.Fields.State; name != "" {
		out[name] = pack(old, state)
	}
	return out
}

// pack is the text of State: the virtual fields of old, with those of changes over them.
func pack(old record, changes map[string]json.RawMessage) string {
	state := map[string]json.RawMessage{}
	for name, raw := range old {
		if virtual(name) {
			state[name[1:]] = raw
		}
	}
	for name, raw := range changes {
		state[name[1:]] = raw
	}
	maps.DeleteFunc(state, func(_ string, raw json.RawMessage) bool { return string(raw) == "null" })
	text, _ := json.Marshal(state)
	return string(text)
}

// incoming returns a record of the model with the fields that State holds.
func (s *Store[In, Out]) incoming(r record) record {
	r = s.opts.joined(s.opts.understand(r))
	name := s.opts.Fields.State
	if r == nil || name == "" || !r.has(name) {
		return r
	}
	state := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(r.str(name)), &state) // a foreign text holds none
	all := maps.Clone(r)
	for field, raw := range state {
		all["#"+field] = raw
	}
	return s.dated(all)
}

// dated gives a record the times that the store has written, where Amplify's resolvers
// write those of the model. The latter count for a record that a handler without leases
// has marked as processing.
func (s *Store[In, Out]) dated(r record) record {
	f := s.opts.Fields
	foreign := jobstore.Status(r.str(f.Status)) == jobstore.Processing && !r.has(f.ClaimableFrom)
	for _, name := range s.opts.ReadOnly {
		if own := "#" + name; foreign {
			delete(r, own)
		} else if r.has(own) {
			r[name] = r[own]
		}
	}
	return r
}

// own are the fields that a record has after a write of these.
func (s *Store[In, Out]) own(fields input) input {
	if s.opts.Fields.State != "" {
		return fields
	}
	all := maps.Clone(fields)
	maps.DeleteFunc(all, func(name string, _ any) bool { return slices.Contains(s.opts.ReadOnly, name) })
	return all
}

// after is the record r once fields were written over it, with the times that the answer
// has of the resolvers.
func (s *Store[In, Out]) after(r, written record, fields input) record {
	all := r.over(s.own(fields))
	for _, name := range s.opts.ReadOnly {
		if s.opts.Fields.State == "" && written.has(name) {
			all[name] = written[name]
		}
	}
	return all
}

// mutate sends a mutation and returns the record after it, without the tokens. After a
// partial error the mutation has taken effect. A null without an error counts as a
// failure. A null condition is always true.
func (s *Store[In, Out]) mutate(ctx context.Context, o operation, i input, c condition) (record, error) {
	switch {
	case s.opts.Fields.State != "" && c != nil:
		return s.swap(ctx, o, i, c)
	case o.root == s.do.update.root && s.splits(i):
		return s.complete(ctx, o, i, c)
	}
	return s.write(ctx, o, i, nil, c)
}

// write sends a mutation of a record that was read as old.
func (s *Store[In, Out]) write(ctx context.Context, o operation, i input, old record, c condition) (record, error) {
	fields := s.key(i[s.opts.Fields.ID].(string))
	if o.root != s.do.remove.root {
		fields = s.outgoing(i, old)
		maps.Copy(fields, s.key(i[s.opts.Fields.ID].(string)))
	}
	r, err := s.client.send(ctx, o, map[string]any{"input": fields, "condition": c.stored(&s.opts)})
	r = s.opts.understand(r)
	if r == nil && err == nil {
		err = &Error{Message: o.root + " returned null, and no error", Status: 200}
	}
	return r, err
}

// swap writes to a record whose State is as it was read. The condition is evaluated here,
// and by the model for the fields that it has. A record that was read too early is refused
// there, and read again.
func (s *Store[In, Out]) swap(ctx context.Context, o operation, i input, c condition) (record, error) {
	f := s.opts.Fields
	for n := 1; ; n++ {
		old, _, err := s.read(ctx, i[f.ID].(string))
		if err != nil {
			return nil, err
		}
		if !c.holds(old) {
			return nil, errRefused
		}
		fields, rest := s.completed(i, old)
		r, err := s.write(ctx, o, fields, old, and(same(old, f.State, f.Status), same(old, rest...), c))
		if !refused(err) || n == tries {
			return old.hidden().with(r), err
		}
		if err := wait(ctx, s.jittered(n)); err != nil {
			return nil, err
		}
	}
}

// errRefused is a refusal without a request.
var errRefused = &Error{Type: "ConditionalCheckFailedException", Message: "the record does not allow the write", Status: 200}

// hidden are the virtual fields of a record.
func (r record) hidden() record {
	all := record{}
	for name, raw := range r {
		if virtual(name) {
			all[name] = raw
		}
	}
	return all
}

// with returns r with the fields of more over its own; nil stays nil.
func (r record) with(more record) record {
	if more == nil {
		return nil
	}
	maps.Copy(r, more)
	return r
}
