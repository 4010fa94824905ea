package lambdalocal

import (
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

// checkStage refuses what API Gateway does not take for a stage's name.
func checkStage(options, name string) {
	refuse(!stageName.MatchString(name), "%s.Stage is %q, want 1 to 128 letters, digits, hyphens and underscores", options, name)
}

// checkPattern refuses a pattern that could match nothing.
func checkPattern(option, pattern string) {
	refuse(!strings.HasPrefix(pattern, "/"), "%s has the path %q, want one that begins with a slash", option, pattern)
	parts := strings.Split(pattern[1:], "/")
	for n, part := range parts {
		refuse(strings.HasSuffix(part, "+}") && n < len(parts)-1, "%s has the segment %s, want it last", option, part)
		refuse(strings.HasPrefix(part, "{") != strings.HasSuffix(part, "}"), "%s has the segment %s, want a word or a parameter", option, part)
	}
}
