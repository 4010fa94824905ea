package streamproc

// Present picks each INSERT and MODIFY whose new image has the string attribute of that name,
// whatever its value: every change of an item but its removal. A record without a new image,
// or with a malformed attribute, fails as with [Pending].
func Present(attribute string) Filter {
	if attribute == "" {
		panic("streamproc: Present: attribute is empty")
	}
	return Filter{
		match: func(r *RawRecord) (bool, error) {
			if r.Operation == Remove || !r.New().Exists() {
				return r.Operation != Remove, nil
			}
			value, err := r.New().json.String("NewImage", attribute)
			return value != nil, public(err)
		},
		needs:   NewImage,
		pattern: images("NewImage", attribute, map[string]bool{"exists": true}),
	}
}
