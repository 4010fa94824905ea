package attr

import (
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// SameStored is true of a value and of what DynamoDB makes of it: sets in another order,
// and numbers in another form, such as 100 for 1e2.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
func SameStored(a, b types.AttributeValue) bool { return compare(a, b, canonical) }

// canonical is one text for all forms of a number. DynamoDB keeps 38 digits.
func canonical(number string) string {
	f, ok := new(big.Float).SetPrec(512).SetString(number)
	switch {
	case !ok:
		return number
	case f.Sign() == 0: // also -0
		return "0"
	}
	return f.Text('e', 40)
}

// equal compares sets without their order.
func equal(a, b types.AttributeValue) bool { return compare(a, b, strings.Clone) }

func compare(a, b types.AttributeValue, number func(string) string) bool {
	same := func(a, b types.AttributeValue) bool { return compare(a, b, number) }
	switch a := a.(type) {
	case *types.AttributeValueMemberL:
		b, ok := b.(*types.AttributeValueMemberL)
		return ok && slices.EqualFunc(a.Value, b.Value, same)
	case *types.AttributeValueMemberM:
		b, ok := b.(*types.AttributeValueMemberM)
		return ok && maps.EqualFunc(a.Value, b.Value, same)
	case *types.AttributeValueMemberN:
		b, ok := b.(*types.AttributeValueMemberN)
		return ok && number(a.Value) == number(b.Value)
	case *types.AttributeValueMemberSS:
		b, ok := b.(*types.AttributeValueMemberSS)
		return ok && sameMembers(a.Value, b.Value)
	case *types.AttributeValueMemberNS:
		b, ok := b.(*types.AttributeValueMemberNS)
		return ok && sameMembers(each(a.Value, number), each(b.Value, number))
	case *types.AttributeValueMemberBS:
		b, ok := b.(*types.AttributeValueMemberBS)
		return ok && sameMembers(texts(a.Value), texts(b.Value))
	}
	return reflect.DeepEqual(a, b)
}

func each(all []string, change func(string) string) []string {
	changed := make([]string, len(all))
	for i, s := range all {
		changed[i] = change(s)
	}
	return changed
}

func sameMembers(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
