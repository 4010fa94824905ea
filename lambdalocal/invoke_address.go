package lambdalocal

import (
	"net/http"
	"regexp"
	"strings"
)

// address matches what API_Invoke allows as a FunctionName: a name, a partial ARN or
// an ARN, each with or without a version or alias.
var address = regexp.MustCompile(`^(?:(?:arn:aws[a-z-]*:lambda:([a-z0-9-]+):)?(\d{12}):function:)?([a-zA-Z0-9_-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$`)

// qualifierName is what API_Invoke allows as a Qualifier.
var qualifierName = regexp.MustCompile(`^(\$LATEST|[a-zA-Z0-9_-]{1,128})$`)

// resolve finds the function that is addressed, and its ARN with the qualifier.
// Every qualifier exists.
func (l *Local) resolve(name, qualifier string) (fn *Function, arn string, err error) {
	parts := address.FindStringSubmatch(name)
	if parts == nil {
		return nil, "", notFound(name)
	}
	if qualifier != "" && !qualifierName.MatchString(qualifier) {
		return nil, "", &apiError{
			http.StatusBadRequest, "InvalidParameterValueException",
			"Qualifier: must be $LATEST, or letters, digits, hyphens and underscores.",
		}
	}
	region, account, named := parts[1], parts[2], parts[4]
	if named != "" && qualifier != "" && named != qualifier {
		return nil, "", &apiError{
			http.StatusBadRequest, "InvalidParameterValueException",
			"The derived qualifier from the function name does not match the specified qualifier.",
		}
	}
	fn = l.function(parts[3])
	if fn == nil || !l.isHome(region, account) {
		return nil, "", notFound(name)
	}
	if named == "" {
		named = qualifier
	}
	return fn, qualified(fn.ARN(), named), nil
}

func (l *Local) isHome(region, account string) bool {
	return (region == "" || region == l.options.Region) && (account == "" || account == l.options.AccountID)
}

func qualified(arn, qualifier string) string {
	if qualifier == "" {
		return arn
	}
	return arn + ":" + qualifier
}

// version is what the invocation was addressed to: a qualifier, or $LATEST.
func (i *invocation) version() string {
	if qualifier, ok := strings.CutPrefix(i.arn, i.fn.ARN()+":"); ok {
		return qualifier
	}
	return "$LATEST"
}

func notFound(name string) error {
	return &apiError{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + name}
}
