package appsyncstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/pairid"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// composite is true of a model with an identifier of two fields.
func (f Fields) composite() bool { return !virtual(f.Partition) }

// key are the fields of the identifier.
func (s *Store[In, Out]) key(id string) input {
	f := s.opts.Fields
	if !f.composite() {
		return input{f.ID: id}
	}
	partition, id, _ := pairid.Split(id)
	return input{f.Partition: partition, f.ID: id}
}

// validID refuses an ID that lacks a part.
func (s *Store[In, Out]) validID(id string) error {
	f := s.opts.Fields
	if _, _, ok := pairid.Split(id); f.composite() && !ok {
		return fmt.Errorf("%w: id is not %s:%s, the two fields of the model's identifier", jobstore.ErrInvalid, f.Partition, f.ID)
	}
	return nil
}

// named completes the ID of a new job with the partition that ctx or Extra gives.
func (s *Store[In, Out]) named(ctx context.Context, id string) (string, error) {
	f := s.opts.Fields
	if !f.composite() {
		return id, nil
	}
	extra, err := s.extra(ctx)
	if err != nil {
		return id, err
	}
	partition, given := extra[f.Partition].(string)
	switch own, _, split := pairid.Split(id); {
	case split && given && own != partition:
		return id, fmt.Errorf("%w: id has another %s than Options.Extra or WithFields", jobstore.ErrInvalid, f.Partition)
	case split:
		return id, nil
	case !given || strings.Contains(id, ":"):
		return id, fmt.Errorf("%w: neither the id nor Options.Extra nor WithFields has the %s", jobstore.ErrInvalid, f.Partition)
	}
	joined, ok := pairid.Join(partition, id)
	if !ok {
		return id, fmt.Errorf("%w: the %s of Options.Extra or WithFields is empty", jobstore.ErrInvalid, f.Partition)
	}
	return joined, driver.ValidateID(joined)
}

// joined returns a record whose ID has both fields of the identifier. One that no ID of a
// job names has an empty ID.
func (o *Options) joined(r record) record {
	f := o.Fields
	if r == nil || !f.composite() || !r.has(f.ID) {
		return r
	}
	id, _ := pairid.Join(r.str(f.Partition), r.str(f.ID))
	return r.over(input{f.ID: id})
}

// unnamed is the error of a record that no ID of a job names.
func (o *Options) unnamed() error {
	return fmt.Errorf("a record's %s has a colon, which separates it from the %s in a job's ID", o.Fields.ID, o.Fields.Partition)
}

// getting is the query of one job. The identifier is in its text: a variable would have to
// name the type, and a.id() is an ID where a.string() is a String.
func (s *Store[In, Out]) getting(id string) operation {
	f, keys := s.opts.Fields, s.key(id)
	var args []string
	for _, name := range []string{f.Partition, f.ID} {
		if v, ok := keys[name]; ok {
			literal, _ := json.Marshal(v) // a string; JSON's escapes are GraphQL's
			args = append(args, name+": "+string(literal))
		}
	}
	return operation{s.do.get.root, strings.Replace(s.do.get.document, "()", "("+strings.Join(args, ", ")+")", 1)}
}
