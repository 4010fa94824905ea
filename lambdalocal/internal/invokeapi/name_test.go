package invokeapi

import (
	"errors"
	"strings"
	"testing"
)

// The outcomes are those of Lambda, with its account and region: localstack/localstack
// 8b9a79f0, test_lambda_api.snapshot.json, test_function_name_and_qualifier_validation
// and test_invalid_invoke.
func TestParseName(t *testing.T) {
	long := strings.Repeat("a", 65)
	for _, tt := range []struct {
		name, qualifier string
		want            Name
		code            string
		errors          int
	}{
		{name: "f", want: Name{Function: "f"}},
		{name: "f:live", want: Name{Function: "f", Qualifier: "live"}},
		{name: "f", qualifier: "live", want: Name{Function: "f", Qualifier: "live"}},
		{name: "f:live", qualifier: "live", want: Name{Function: "f", Qualifier: "live"}},
		{name: "f:$LATEST", want: Name{Function: "f", Qualifier: "$LATEST"}},
		{name: "function:f", want: Name{Function: "f"}},
		{name: "123456789012:f", want: Name{Account: "123456789012", Function: "f"}},
		{name: "123456789012:function:f:1", want: Name{Account: "123456789012", Function: "f", Qualifier: "1"}},
		{name: "arn:aws:lambda:us-east-1:123456789012:function:f", want: Name{"us-east-1", "123456789012", "f", ""}},
		{name: "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f:x", want: Name{"us-gov-west-1", "123456789012", "f", "x"}},
		{name: "us-east-1:123456789012:function:f", want: Name{"us-east-1", "123456789012", "f", ""}},
		{name: "arn:aws:lambda:us-east-1:123456789012:function", want: Name{"us-east-1", "123456789012", "function", ""}},
		{name: long, want: Name{Function: long}},
		{name: "f", qualifier: "$latest", want: Name{Function: "f", Qualifier: "$latest"}},
		{name: "a.b", want: Name{Function: "a.b"}},

		{name: "*", code: "ValidationException", errors: 1},
		{name: "", code: "ValidationException", errors: 1},
		{name: "my-function!", code: "ValidationException", errors: 1},
		{name: "f\n", code: "ValidationException", errors: 1},
		{name: "f", qualifier: "invalid!", code: "ValidationException", errors: 1},
		{name: "f", qualifier: strings.Repeat("a", 129), code: "ValidationException", errors: 1},
		{name: strings.Repeat("a", 257), code: "ValidationException", errors: 1},
		{name: "invalid-account:function:f", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda:invalid-region:123456789012:function:f", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda:invalid-region:123456789012:function:f", qualifier: strings.Repeat("a", 129), code: "ValidationException", errors: 2},
		{name: "arn:aws:lambda:us-east-1:123400000000@function:f", code: "ValidationException", errors: 1},
		{name: "arn:aws:ec2:us-east-1:123456789012:instance:i-1234567890abcdef0", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda:us-east-1:123456789012:function:f:1:2", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda:us-east-1:123456789012:function:f:$LATES", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda::123456789012:function:f", code: "ValidationException", errors: 1},
		{name: "arn:aws:lambda:us-east-1::function:f", code: "ValidationException", errors: 1},
		{name: "function:f:$LATEST:extra", code: "ValidationException", errors: 1},
		{name: "f:$LATEST", qualifier: "1", code: "InvalidParameterValueException"},
	} {
		got, err := ParseName(tt.name, tt.qualifier)
		var refused *Error
		if errors.As(err, &refused); tt.code == "" && err != nil || tt.code != "" && (refused == nil || refused.Code != tt.code) {
			t.Errorf("%q, %q: got %v, want %q", tt.name, tt.qualifier, err, tt.code)
			continue
		}
		if got != tt.want {
			t.Errorf("%q, %q: got %+v, want %+v", tt.name, tt.qualifier, got, tt.want)
		}
		if tt.errors > 0 && strings.Count(refused.Message, "failed to satisfy constraint") != tt.errors {
			t.Errorf("%q, %q: got %s, want %d", tt.name, tt.qualifier, refused.Message, tt.errors)
		}
	}
}
