package appsyncstore

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// graphQLError is an error as the API sends it.
type graphQLError struct {
	Type    string `json:"errorType"`
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

// vocabulary are the words of messages that are passed on: names of the schema, and the
// kinds of validation errors.
type vocabulary map[string]bool

// kinds are the kinds of validation errors of graphql-java, which AppSync runs on.
//
// Source: https://github.com/graphql-java/graphql-java/blob/master/src/main/java/graphql/validation/ValidationErrorType.java
var kinds = []string{
	"DefaultForNonNullArgument", "WrongType", "UnknownType", "SubselectionRequired", "SubselectionNotAllowed", "BadValueForDefaultArg",
	"FieldUndefined", "UndefinedVariable", "UnusedVariable", "UnknownArgument", "MissingFieldArgument", "NonInputTypeOnVariable",
	"VariableTypeMismatch", "NullValueForNonNullArgument", "WrongTypeFieldArgument", "InvalidSyntax",
}

func newVocabulary(model string, o Options, do operations) vocabulary {
	v := vocabulary{}
	for _, name := range slices.Concat(kinds, o.Fields.all(), o.Select, []string{
		do.get.root, do.list.root, do.create.root, do.update.root, do.remove.root,
		model, "Query", "Mutation", "Create" + model + "Input", "Update" + model + "Input", "Delete" + model + "Input",
		"Model" + model + "ConditionInput", "Model" + model + "FilterInput",
	}) {
		v[name] = true
	}
	return v
}

// constant are messages of AppSync that hold nothing of a request.
var constant = []string{
	"Token has expired.", "The security token included in the request is expired", "Unable to parse JWT token.", "Permission denied", "Rate exceeded", "Valid authorization header not provided.",
	"You are not authorized to make this call.", "Unable to parse GraphQL query.", "The conditional request failed",
}

// describe says what e is about, in words of the store. A message is never quoted: AWS
// quotes requests with a wrong signature, and GraphQL servers quote values, as they are,
// escaped or cut.
func (v vocabulary) describe(e graphQLError) string {
	if slices.Contains(constant, e.Message) {
		return e.Message
	}
	var all []string
	mention := func(word string) {
		if v[word] && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	for _, step := range e.Path {
		mention(fmt.Sprint(step))
	}
	for word := range strings.FieldsFuncSeq(e.Message, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		mention(word)
	}
	if all == nil {
		return "its message is withheld"
	}
	return "its message is withheld; it names " + strings.Join(all, ", ")
}

// errorName is what an errorType looks like.
var errorName = regexp.MustCompile(`^([A-Za-z]{1,64}:)?[A-Za-z][A-Za-z0-9]{0,63}$`)

// codes are the types that this package acts on.
var codes = []string{
	"ConditionalCheckFailedException", "DynamoDB:ConditionalCheckFailedException", "ValidationException", "DynamoDB:ValidationException",
	"Unauthorized", "UnauthorizedException", "AccessDeniedException", "InvalidSignatureException", "UnrecognizedClientException", "ExpiredTokenException", "ExpiredToken",
}

// safeType returns an error's type, or "" when it repeats a part of the request.
func safeType(name string, r *http.Request, body []byte) string {
	if slices.Contains(codes, name) {
		return name
	}
	sent := func(values []string) bool { return strings.Contains(strings.Join(values, " "), name) }
	if !errorName.MatchString(name) || bytes.Contains(body, []byte(name)) {
		return ""
	}
	for _, values := range r.Header {
		if sent(values) {
			return ""
		}
	}
	return name
}
