package avjson

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// mismatch names the attribute that does not fit into a T. attributevalue's errors name
// no attribute, and quote the value, which must not be logged.
func mismatch[T any](path string, image map[string]types.AttributeValue, err error) error {
	for _, name := range slices.Sorted(maps.Keys(image)) {
		one := map[string]types.AttributeValue{name: image[name]}
		if e := unmarshalMap(one, new(T)); e != nil {
			return undecodable(path+"."+name, ofUnmarshaler[T](one, e))
		}
	}
	return undecodable(path, ofUnmarshaler[T](image, err))
}

var errText = errors.New("UnmarshalText or UnmarshalBinary refuses it")

// ofUnmarshaler returns errText for what such a method has said, since it may quote the
// value: attributevalue does not say it when it does not call the method.
func ofUnmarshaler[T any](image map[string]types.AttributeValue, err error) error {
	if withoutValue(err) != err.Error() {
		return err
	}
	if e := attributevalue.UnmarshalMap(image, new(T)); e == nil || e.Error() != err.Error() {
		return errText
	}
	return err
}

func undecodable(path string, err error) error {
	return fmt.Errorf("%s does not decode: %s", path, withoutValue(err))
}

// withoutValue returns the text of an error of attributevalue, without the value. The
// text of an error of a user's Unmarshaler is unchanged.
func withoutValue(err error) string {
	switch e := err.(type) {
	case *attributevalue.UnmarshalTypeError:
		return "it does not fit into a " + e.Type.String()
	case *attributevalue.UnmarshalError:
		return "it does not fit into a " + e.Type.String()
	case *strconv.NumError:
		return e.Err.Error()
	case *time.ParseError:
		return "it is not an RFC 3339 time"
	}
	return err.Error()
}
