package attr

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestSameStored: a number in any form that DynamoDB may give it, and no other number.
func TestSameStored(t *testing.T) {
	ns := func(all ...string) types.AttributeValue { return &types.AttributeValueMemberNS{Value: all} }
	for _, c := range []struct {
		a, b types.AttributeValue
		same bool
	}{
		{num("100"), num("1e2"), true},
		{num("1.0"), num("1"), true},
		{num("-0"), num("0"), true},
		{num("1E-130"), num("0.1e-129"), true},
		{num("12345678901234567890123456789012345678"), num("12345678901234567890123456789012345679"), false},
		{num("1"), num("2"), false},
		{num("1"), str("1"), false},
		{num("1"), nil, false},
		{ns("1", "2e1"), ns("20", "1.0"), true},
		{ns("1", "2"), ns("1", "3"), false},
		{list(object("a", num("5.50"))), list(object("a", num("5.5"))), true},
		{list(object("a", num("5.50"))), list(object("a", num("5.51"))), false},
		{str("1.0"), str("1"), false},
	} {
		if got := SameStored(c.a, c.b); got != c.same {
			t.Errorf("%v and %v: %t", c.a, c.b, got)
		}
	}
}
