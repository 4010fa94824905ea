package attr

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// problem says why DynamoDB does not take av, and is empty if it does.
func problem(av types.AttributeValue) string {
	if tooDeep(av, value.MaxDepth) {
		return "is nested too deeply"
	}
	return contentProblem(av)
}

// tooDeep reports whether more than limit maps and lists are in each other.
func tooDeep(av types.AttributeValue, limit int) bool {
	deeper := func(e types.AttributeValue) bool { return tooDeep(e, limit-1) }
	switch av := av.(type) {
	case *types.AttributeValueMemberL:
		return limit == 0 || slices.ContainsFunc(av.Value, deeper)
	case *types.AttributeValueMemberM:
		if limit == 0 {
			return true
		}
		for _, e := range av.Value {
			if deeper(e) {
				return true
			}
		}
	}
	return false
}

func contentProblem(av types.AttributeValue) string {
	switch av := av.(type) {
	case *types.AttributeValueMemberS:
		return textProblem(av.Value)
	case *types.AttributeValueMemberN:
		return numberProblem(av.Value)
	case *types.AttributeValueMemberSS:
		return cmp.Or(first(slices.Values(av.Value), textProblem), setProblem(av.Value))
	case *types.AttributeValueMemberNS:
		return cmp.Or(first(slices.Values(av.Value), numberProblem), setProblem(numberKeys(av.Value)))
	case *types.AttributeValueMemberBS:
		return setProblem(texts(av.Value))
	case *types.AttributeValueMemberL:
		return first(slices.Values(av.Value), contentProblem)
	case *types.AttributeValueMemberM:
		if reason := first(maps.Keys(av.Value), keyProblem); reason != "" {
			return reason
		}
		return first(maps.Values(av.Value), contentProblem)
	case *types.AttributeValueMemberB, *types.AttributeValueMemberBOOL, *types.AttributeValueMemberNULL:
		return ""
	}
	return "has a part without a type"
}

func textProblem(s string) string {
	if utf8.ValidString(s) {
		return ""
	}
	return "has text that is not valid UTF-8"
}

func numberProblem(s string) string {
	if reason := value.NumberProblem(s); reason != "" {
		return "has " + reason
	}
	return ""
}

func keyProblem(s string) string {
	if s == "" {
		return "has an empty key"
	}
	return textProblem(s)
}

func setProblem(members []string) string {
	sorted := slices.Sorted(slices.Values(members))
	switch {
	case len(sorted) == 0:
		return "has an empty set"
	case len(slices.Compact(sorted)) < len(members):
		return "has a set with a duplicate"
	}
	return ""
}

func numberKeys(members []string) []string {
	keys := make([]string, len(members))
	for i, m := range members {
		keys[i] = value.NumberKey(m)
	}
	return keys
}

// texts are the members of a binary set, to be compared.
func texts(members [][]byte) []string {
	all := make([]string, len(members))
	for i, m := range members {
		all[i] = string(m)
	}
	return all
}

// first returns the first problem of all.
func first[T any](all iter.Seq[T], problem func(T) string) string {
	for v := range all {
		if reason := problem(v); reason != "" {
			return reason
		}
	}
	return ""
}
