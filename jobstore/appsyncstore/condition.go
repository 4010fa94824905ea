package appsyncstore

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
