package jobevents

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/awsjson"
)

// decodesJSON reads v as appsyncstore does: AppSync has stored JSON as a document, or as its
// text.
func decodesJSON[Out any](v types.AttributeValue, to *Out) bool {
	raw, err := json.Marshal(document(v))
	return err == nil && awsjson.Decode(raw, to)
}

// document returns what encoding/json writes as the JSON of v. It does not for a set or
// bytes, which no JSON has become.
func document(v types.AttributeValue) any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return json.Number(v.Value)
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberNULL:
		return nil
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, element := range v.Value {
			list[i] = document(element)
		}
		return list
	case *types.AttributeValueMemberM:
		members := make(map[string]any, len(v.Value))
		for name, member := range v.Value {
			members[name] = document(member)
		}
		return members
	}
	return make(chan int) // which does not encode
}
