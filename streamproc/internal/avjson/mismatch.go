package avjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// mismatch names the attribute that does not go into a T. attributevalue's own
// errors name none, and quote the value, which has no place in a log.
func mismatch[T any](path string, image map[string]types.AttributeValue, err error) error {
	for _, name := range slices.Sorted(maps.Keys(image)) {
		one := map[string]types.AttributeValue{name: image[name]}
		if e := attributevalue.UnmarshalMap(one, new(T)); e != nil {
			path += "." + name
			return pairInValue(path, image[name]).Blame(undecodable(path, e))
		}
	}
	return pairInMap(path, image).Blame(undecodable(path, err))
}

func undecodable(path string, err error) error {
	return fmt.Errorf("%s does not decode: %s", path, withoutValue(err))
}

// withoutValue is an error's text. That of a user's Unmarshaler is left as it is.
func withoutValue(err error) string {
	switch e := err.(type) {
	case *attributevalue.UnmarshalTypeError:
		return "it does not go into a " + e.Type.String()
	case *attributevalue.UnmarshalError:
		return "it does not go into a " + e.Type.String()
	case *strconv.NumError:
		return e.Err.Error()
	case *time.ParseError:
		return "no time by RFC 3339"
	}
	return err.Error()
}
