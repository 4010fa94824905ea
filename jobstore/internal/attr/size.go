package attr

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// ItemSize is what DynamoDB counts of an item: names and values.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func ItemSize(item map[string]types.AttributeValue) (n int) {
	for name, av := range item {
		n += len(name) + Size(av)
	}
	return n
}

// Size is what DynamoDB counts of a value, numbers at their longest.
func Size(av types.AttributeValue) int {
	switch av := av.(type) {
	case *types.AttributeValueMemberS:
		return len(av.Value)
	case *types.AttributeValueMemberN:
		return numberSize(av.Value)
	case *types.AttributeValueMemberB:
		return len(av.Value)
	case *types.AttributeValueMemberSS:
		return sum(av.Value, func(s string) int { return len(s) })
	case *types.AttributeValueMemberNS:
		return sum(av.Value, numberSize)
	case *types.AttributeValueMemberBS:
		return sum(av.Value, func(b []byte) int { return len(b) })
	case *types.AttributeValueMemberL:
		return 3 + sum(av.Value, func(e types.AttributeValue) int { return 1 + Size(e) })
	case *types.AttributeValueMemberM:
		return 3 + len(av.Value) + ItemSize(av.Value)
	default: // BOOL and NULL
		return 1
	}
}

// numberSize is a byte for two digits, one more, and one for the sign. Zeros at an end
// do not count, and 38 digits are the most.
func numberSize(digits string) int { return min((len(digits)+1)/2+2, 21) }

func sum[T any](all []T, size func(T) int) (n int) {
	for _, v := range all {
		n += size(v)
	}
	return n
}
