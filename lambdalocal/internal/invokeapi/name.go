// Package invokeapi is what the requests, errors and event streams of Lambda's Invoke
// operations look like.
package invokeapi

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Name is a function's address: a name, a partial ARN or an ARN. Parts that the caller
// left out are empty.
type Name struct{ Region, Account, Function, Qualifier string }

// Patterns and lengths as Lambda's errors print them. The region of an ARN has no
// place without "arn:", but the pattern allows it.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and
// localstack/localstack 8b9a79f0, test_lambda_api.snapshot.json,
// test_function_name_and_qualifier_validation.
const (
	namePattern      = `(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`
	qualifierPattern = `\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`
	maxName          = 256
	maxQualifier     = 128
)

var (
	name      = regexp.MustCompile(`^(?:` + namePattern + `)$`)
	qualifier = regexp.MustCompile(`^(?:` + qualifierPattern + `)$`)
)

// ParseName reads a function's address and the request's qualifier, which may be
// empty. The error is an *Error.
func ParseName(function, requested string) (Name, error) {
	violations := append(check("functionName", function, name, namePattern, maxName), checkOptional(requested)...)
	if len(violations) > 0 {
		return Name{}, Invalid(violations...)
	}
	parts := name.FindStringSubmatch(function)
	n := Name{strings.TrimSuffix(parts[3], ":"), strings.TrimSuffix(parts[9], ":"), parts[11], parts[13]}
	if n.Qualifier != "" && requested != "" && n.Qualifier != requested {
		return Name{}, &Error{
			Status: http.StatusBadRequest, Code: "InvalidParameterValueException",
			Message: "The derived qualifier from the function name does not match the specified qualifier.",
		}
	}
	if requested != "" {
		n.Qualifier = requested
	}
	return n, nil
}

func checkOptional(requested string) []string {
	if requested == "" {
		return nil
	}
	return check("qualifier", requested, qualifier, qualifierPattern, maxQualifier)
}

func check(member, value string, allowed *regexp.Regexp, pattern string, most int) (violations []string) {
	constraint := fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must ", value, member)
	if utf8.RuneCountInString(value) > most {
		violations = append(violations, fmt.Sprintf("%shave length less than or equal to %d", constraint, most))
	}
	if !allowed.MatchString(value) {
		violations = append(violations, constraint+"satisfy regular expression pattern: "+pattern)
	}
	return violations
}

// CheckEnum returns an *Error unless the value is empty or one of those allowed.
func CheckEnum[E ~string](member string, value E, allowed ...E) error {
	if value == "" {
		return nil
	}
	names := make([]string, len(allowed))
	for n, a := range allowed {
		if value == a {
			return nil
		}
		names[n] = string(a)
	}
	return Invalid(fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]",
		value, member, strings.Join(names, ", ")))
}

// Invalid is Lambda's error for a request that violates its model.
func Invalid(violations ...string) *Error {
	detected := "1 validation error detected: "
	if n := len(violations); n != 1 {
		detected = fmt.Sprintf("%d validation errors detected: ", n)
	}
	return &Error{
		Status: http.StatusBadRequest, Code: "ValidationException",
		Message: detected + strings.Join(violations, "; "),
	}
}
