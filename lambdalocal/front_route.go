package lambdalocal

import (
	"net/url"
	"strings"
)

// The defaults of an API.
const (
	defaultRoute = "$default"
	defaultStage = "$default"
	rootResource = "/"
)

// matchPath reports whether an escaped path matches the pattern, and returns the path
// parameters as they are in it: {name} is one segment, {name+} is all that follow.
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
			parameters = set(parameters, name, value)
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

// withoutStage is an escaped path as the API's routes see it. At an API's own address
// the stage precedes the path. At a custom domain name it does not.
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
func checkPattern(option, pattern string) {
	refuse(!strings.HasPrefix(pattern, "/"), "%s has the path %q, want one that begins with a slash", option, pattern)
	parts := strings.Split(pattern[1:], "/")
	for n, part := range parts {
		refuse(strings.HasSuffix(part, "+}") && n < len(parts)-1, "%s has the segment %s, want it last", option, part)
		refuse(strings.HasPrefix(part, "{") != strings.HasSuffix(part, "}"), "%s has the segment %s, want a word or a parameter", option, part)
	}
}
