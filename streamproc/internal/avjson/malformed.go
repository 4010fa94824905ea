package avjson

// Malformed is an attribute value that DynamoDB would not have written. Its text
// names the path and no value.
type Malformed struct {
	Path    string
	Problem string
}

func (e *Malformed) Error() string { return e.Path + " " + e.Problem }

// under puts a step before the path of an error.
func under(step string, e *Malformed) *Malformed {
	if e != nil {
		e.Path = step + e.Path
	}
	return e
}

func wrong(tag string) *Malformed {
	return &Malformed{Problem: "has the type tag " + tag + " but no such value"}
}

func unless(ok bool, tag string) *Malformed {
	if ok {
		return nil
	}
	return wrong(tag)
}
