package appsyncstore

import (
	"encoding/json"
	"slices"
	"strconv"
)

// condition is an input of the type that Amplify calls Model…ConditionInput.
type condition map[string]any

func is(op, field string, value any) condition { return condition{field: condition{op: value}} }

func eq(field string, value any) condition { return is("eq", field, value) }

// absent is true of a field that is missing or null. Amplify's create stores nulls.
func absent(field string) condition {
	return or(is("attributeExists", field, false), is("attributeType", field, "_null"))
}

func or(any ...condition) condition { return condition{"or": any} }

func and(all ...condition) condition { return condition{"and": all} }

// here is c for a record in memory, and true of each that the model has.
func here(c condition) condition { return or(c, is("attributeExists", "#", true)) }

// unexpired is true of a job whose time to live has not ended.
func (s *Store[In, Out]) unexpired() condition {
	f := s.opts.Fields
	return or(absent(f.ExpiresAt), is("gt", f.ExpiresAt, s.opts.Now().Unix()))
}

// same is true of a record whose fields are as in r.
func same(r record, fields ...string) condition {
	all := make([]condition, len(fields))
	for i, name := range fields {
		if r.has(name) {
			all[i] = eq(name, r[name])
		} else {
			all[i] = absent(name)
		}
	}
	return and(all...)
}

// stored returns the part of the condition that is about fields of the model, nil when no
// part is. A condition about a field that the model does not have is true.
func (c condition) stored(o *Options) condition {
	if c == nil {
		return nil
	}
	if all, ok := c["and"].([]condition); ok {
		var parts []condition
		for _, part := range all {
			if part = part.stored(o); part != nil {
				parts = append(parts, part)
			}
		}
		return joined(parts)
	}
	if any, ok := c["or"].([]condition); ok {
		var parts []condition
		for _, part := range any {
			if part = part.stored(o); part == nil {
				return nil
			}
			parts = append(parts, part)
		}
		return or(parts...)
	}
	all := condition{}
	for name, v := range c {
		if virtual(name) {
			return nil
		}
		all[name] = v
		if is, ok := v.(condition); ok && is["eq"] != nil {
			all[name] = condition{"eq": o.spell(name, is["eq"])}
		}
	}
	return all
}

func joined(parts []condition) condition {
	if len(parts) == 0 {
		return nil
	}
	return and(parts...)
}

// holds is true of a record that meets the condition. A missing record is nil.
func (c condition) holds(r record) bool {
	if r == nil {
		return false
	}
	for name, v := range c {
		switch v := v.(type) {
		case []condition:
			met := func(part condition) bool { return part.holds(r) }
			if name == "and" && slices.ContainsFunc(v, func(part condition) bool { return !met(part) }) ||
				name == "or" && !slices.ContainsFunc(v, met) {
				return false
			}
		case condition:
			if !v.holdsOf(r, name) {
				return false
			}
		}
	}
	return true
}

// holdsOf is true of a field whose value meets the operators in c.
func (c condition) holdsOf(r record, name string) bool {
	for op, v := range c {
		raw, _ := json.Marshal(v)
		number, _ := strconv.ParseFloat(string(raw), 64)
		is, numeric := r.float(name)
		met := map[string]bool{
			"eq":              r.has(name) && sameValue(r[name], raw),
			"lt":              numeric && is < number,
			"le":              numeric && is <= number,
			"gt":              numeric && is > number,
			"attributeExists": r.has(name) == (v == true),
			"attributeType":   !r.has(name), // _null
		}
		if !met[op] {
			return false
		}
	}
	return true
}
