package streamproc

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// values decodes every attribute of m. attributevalue's own JSON reader takes
// malformed values without an error, so this is one that does not.
func (m image) values(path string) (map[string]types.AttributeValue, error) {
	out := make(map[string]types.AttributeValue, len(m))
	for name, data := range m {
		v, err := attribute(path+"."+name, data)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// attribute decodes one attribute value: an object with exactly one type tag.
func attribute(path string, data json.RawMessage) (types.AttributeValue, error) {
	var tagged map[string]json.RawMessage
	if err := json.Unmarshal(data, &tagged); err != nil {
		return nil, fmt.Errorf("%s is no attribute value", path)
	}
	if len(tagged) != 1 {
		return nil, fmt.Errorf("%s has %d type tags, want 1", path, len(tagged))
	}
	for tag, value := range tagged {
		v, err := decodeTag(path, tag, value)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	panic("unreachable")
}

func decodeTag(path, tag string, data json.RawMessage) (types.AttributeValue, error) {
	switch tag {
	case "S":
		s, err := scalar[string](path, tag, data)
		return &types.AttributeValueMemberS{Value: s}, err
	case "N":
		n, err := scalar[string](path, tag, data)
		return &types.AttributeValueMemberN{Value: n}, err
	case "B":
		b, err := scalar[[]byte](path, tag, data)
		return &types.AttributeValueMemberB{Value: b}, err
	case "BOOL":
		b, err := scalar[bool](path, tag, data)
		return &types.AttributeValueMemberBOOL{Value: b}, err
	case "NULL":
		b, err := scalar[bool](path, tag, data)
		return &types.AttributeValueMemberNULL{Value: b}, err
	case "SS":
		ss, err := scalar[[]string](path, tag, data)
		return &types.AttributeValueMemberSS{Value: ss}, err
	case "NS":
		ns, err := scalar[[]string](path, tag, data)
		return &types.AttributeValueMemberNS{Value: ns}, err
	case "BS":
		bs, err := scalar[[][]byte](path, tag, data)
		return &types.AttributeValueMemberBS{Value: bs}, err
	case "L":
		return list(path, data)
	case "M":
		m, err := scalar[image](path, tag, data)
		if err != nil {
			return nil, err
		}
		values, err := m.values(path)
		return &types.AttributeValueMemberM{Value: values}, err
	}
	return nil, fmt.Errorf("%s has the unknown type tag %q", path, tag)
}

func list(path string, data json.RawMessage) (types.AttributeValue, error) {
	elements, err := scalar[[]json.RawMessage](path, "L", data)
	if err != nil {
		return nil, err
	}
	values := make([]types.AttributeValue, len(elements))
	for i, e := range elements {
		if values[i], err = attribute(fmt.Sprintf("%s[%d]", path, i), e); err != nil {
			return nil, err
		}
	}
	return &types.AttributeValueMemberL{Value: values}, nil
}

var errNull = errors.New("null")

// scalar decodes what stands under a type tag. The error leaves the value out.
func scalar[T any](path, tag string, data json.RawMessage) (v T, err error) {
	if string(data) == "null" {
		err = errNull
	} else {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		return v, fmt.Errorf("%s has the type tag %s but no such value", path, tag)
	}
	return v, nil
}
