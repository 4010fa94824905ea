package lambdalocal

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// What an API has unless it is told otherwise.
const (
	defaultRoute = "$default"
	defaultStage = "$default"
	rootResource = "/"
)

// stageName is what API Gateway allows, beside $default for HTTP APIs.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
var stageName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

// matchPath tells whether an escaped path is one of the pattern's, and the path
// parameters in it, unescaped: {name} is one segment, {name+} all that follow.
func matchPath(pattern, path string) (parameters map[string]string, ok bool) {
	parts, segments := strings.Split(pattern, "/"), strings.Split(path, "/")
	for n, part := range parts {
		if n >= len(segments) {
			return nil, false
		}
		name, variable := strings.CutPrefix(part, "{")
		name = strings.TrimSuffix(name, "}")
		name, greedy := strings.CutSuffix(name, "+")
		value := segments[n]
		if greedy {
			value = strings.Join(segments[n:], "/")
		}
		switch {
		case !variable && part != value, variable && value == "":
			return nil, false
		case variable:
			parameters = set(parameters, name, unescaped(value))
		}
		if variable && greedy {
			return parameters, true
		}
	}
	return parameters, len(parts) == len(segments)
}

func set(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// withoutStage is an escaped path as the API's routes know it. The stage stands in
// front of the path at an API's own address, and not at a custom domain name.
func withoutStage(path, stage string) string {
	rest, ok := strings.CutPrefix(path, "/"+stage)
	switch {
	case ok && rest == "":
		return rootResource
	case ok && rest[0] == '/':
		return rest
	case path == "":
		return rootResource
	}
	return path
}

// checkPattern refuses a pattern that could match nothing.
func checkPattern(pattern string) error {
	if !strings.HasPrefix(pattern, "/") {
		return errors.New("must begin with a slash")
	}
	parts := strings.Split(pattern[1:], "/")
	for n, part := range parts {
		if strings.HasSuffix(part, "+}") && n < len(parts)-1 {
			return fmt.Errorf("%s must be the last segment", part)
		}
		if strings.HasPrefix(part, "{") != strings.HasSuffix(part, "}") {
			return fmt.Errorf("%s is neither a word nor a parameter", part)
		}
	}
	return nil
}
