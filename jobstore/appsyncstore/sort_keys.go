package appsyncstore

import (
	"context"
	"maps"
)

// splits is true of an update that has some of the index's sort keys and not the others.
func (s *Store[In, Out]) splits(i input) bool {
	n := 0
	for _, name := range s.opts.SortKeys {
		if _, ok := i[name]; ok {
			n++
		}
	}
	return n > 0 && n < len(s.opts.SortKeys)
}

// complete reads the other sort keys and sends the update with them, on the condition that
// they are as they were read.
func (s *Store[In, Out]) complete(ctx context.Context, o operation, i input, c condition) (record, error) {
	for n := 1; ; n++ {
		old, _, err := s.read(ctx, i[s.opts.Fields.ID].(string))
		if err != nil {
			return nil, err
		}
		if old == nil {
			return nil, errRefused
		}
		fields, rest := s.completed(i, old)
		r, err := s.write(ctx, o, fields, old, and(same(old, rest...), c))
		if !refused(err) || n == tries || !c.holds(old) {
			return r, err
		}
		if err := wait(ctx, s.jittered(n)); err != nil {
			return nil, err
		}
	}
}

// completed returns the fields of an update with the sort keys that it lacks, and their
// names.
func (s *Store[In, Out]) completed(i input, old record) (all input, rest []string) {
	if !s.splits(i) {
		return i, nil
	}
	all = maps.Clone(i)
	for _, name := range s.opts.SortKeys {
		if _, ok := i[name]; ok {
			continue
		}
		if all[name] = nil; old.has(name) {
			all[name] = old[name]
		}
		rest = append(rest, name)
	}
	return all, rest
}
