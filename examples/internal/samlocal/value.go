package samlocal

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

var placeholder = regexp.MustCompile(`\$\{([^}!]+)\}`)

// value returns a scalar, with its intrinsic function carried out.
func (s *Stack) value(path string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		s.failed(path, "is not a text or a number, or the long form of a function")
		return ""
	}
	switch n.Tag {
	case "!Ref":
		return s.ref(path, n.Value)
	case "!GetAtt":
		return s.attribute(path, n.Value)
	case "!Sub":
		return placeholder.ReplaceAllStringFunc(n.Value, func(p string) string {
			if name := p[2 : len(p)-1]; strings.Contains(name, ".") {
				return s.attribute(path, name)
			} else {
				return s.ref(path, name)
			}
		})
	}
	if !strings.HasPrefix(n.Tag, "!!") {
		s.failed(path, "the loader does not know the function %s", n.Tag)
	}
	return n.Value
}

// ref is a parameter's value, or the name of a resource. A queue goes by its logical ID,
// and so does a function without a FunctionName.
func (s *Stack) ref(path, name string) string {
	if value, ok := s.options.Parameters[name]; ok {
		return value
	}
	if name == "AWS::StackName" {
		return stackName
	}
	if t := s.tables[name]; t != nil {
		return t.name
	}
	r := s.resources[name]
	if r == nil {
		s.failed(path, "%s does not exist", name)
		return ""
	}
	return r.name
}

func (s *Stack) attribute(path, target string) string {
	name, attribute, _ := strings.Cut(target, ".")
	switch r := s.resources[name]; {
	case r == nil:
		s.failed(path, "%s does not exist", name)
	case attribute == "StreamArn" && r.kind == tableType && s.tables[name] != nil && s.tables[name].stream != "":
		return s.tables[name].stream
	case attribute == "Arn":
		return arn(r.kind, r.name)
	default:
		s.failed(path, "%s has no attribute %s", name, attribute)
	}
	return ""
}

// stackName is AWS::StackName.
const stackName = "stack"

// arn is that of a resource's name.
func arn(kind, name string) string {
	const account = ":us-east-1:123456789012:"
	return map[string]string{
		tableType: "arn:aws:dynamodb" + account + "table/", queueType: "arn:aws:sqs" + account, functionType: "arn:aws:lambda" + account + "function:",
	}[kind] + name
}
