package attr

import (
	"errors"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// custom encodes itself as av, or by calling panicking or failing.
type custom struct{ av types.AttributeValue }

func (c custom) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) {
	if text, ok := c.av.(*types.AttributeValueMemberS); ok && text.Value == "secret fails" {
		return nil, errors.New(text.Value)
	} else if ok && text.Value == "secret panics" {
		panic(text.Value)
	}
	return c.av, nil
}

func (c *custom) UnmarshalDynamoDBAttributeValue(av types.AttributeValue) error {
	if b, ok := av.(*types.AttributeValueMemberBOOL); ok && b.Value {
		return errors.New("secret")
	}
	c.av = av
	return nil
}

func (c custom) MarshalText() ([]byte, error)     { return nil, nil }
func (c *custom) UnmarshalText(text []byte) error { return nil }

// alone has no form for JSON, jsonToo has one.
type alone struct{ S string }

func (a alone) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) { return str(a.S), nil }
func (a *alone) UnmarshalDynamoDBAttributeValue(types.AttributeValue) error  { return nil }

type half struct{ S string }

func (h half) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) { return str(h.S), nil }

type jsonToo struct{ S string }

func (j jsonToo) MarshalJSON() ([]byte, error)     { return []byte(`"` + j.S + `"`), nil }
func (j *jsonToo) UnmarshalJSON(data []byte) error { j.S = string(data[1 : len(data)-1]); return nil }

func (j jsonToo) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) {
	return object("s", str(j.S)), nil
}

func (j *jsonToo) UnmarshalDynamoDBAttributeValue(av types.AttributeValue) error {
	j.S = av.(*types.AttributeValueMemberM).Value["s"].(*types.AttributeValueMemberS).Value
	return nil
}

// onPointer has its encoder on the pointer.
type onPointer struct{ jsonToo }

func (o *onPointer) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) {
	return o.jsonToo.MarshalDynamoDBAttributeValue()
}

func TestOwnMethods(t *testing.T) {
	for _, v := range []any{&jsonToo{"a"}, &[]jsonToo{{"a"}}, &map[string]jsonToo{"a": {"b"}}, &onPointer{jsonToo{"a"}}, &struct{ J *jsonToo }{}} {
		roundTrip(t, reflect.ValueOf(v).Elem(), func(av types.AttributeValue) types.AttributeValue { return av })
	}
	if av, err := Encode("input", jsonToo{"a"}); err != nil || !equal(av, object("s", str("a"))) {
		t.Errorf("%v, %v", av, err)
	}
}

func TestOwnMethodsRefused(t *testing.T) {
	wantError(t, value.CheckType("input", reflect.TypeFor[alone]()), "has MarshalDynamoDBAttributeValue, which encoding/json does not call")
	wantError(t, value.CheckType("input", reflect.TypeFor[half]()), "has one of MarshalDynamoDBAttributeValue and Unmarshal")
	wantError(t, value.CheckType("input", reflect.TypeFor[map[string]onPointer]()), "has its MarshalDynamoDBAttributeValue on a pointer")
	wantError(t, value.CheckType("input", reflect.TypeFor[attributevalue.UnixTime]()), "has MarshalDynamoDBAttributeValue, which encoding/json does not call")
	wantError(t, value.CheckType("input", reflect.TypeFor[struct {
		J jsonToo `dynamodbav:",nullempty"`
	}]()), "input.J: the options nullempty")
}

// TestOwnValues checks what methods return.
func TestOwnValues(t *testing.T) {
	deep := str("leaf")
	for range 31 {
		deep = list(deep)
	}
	for _, c := range []struct {
		av   types.AttributeValue
		want string
	}{
		{num("1.5"), ""},
		{deep, ""},
		{null, ""},
		{&types.AttributeValueMemberSS{Value: []string{"b", ""}}, ""},
		{&types.AttributeValueMemberBS{Value: [][]byte{{1}}}, ""},
		{&types.AttributeValueMemberNS{Value: []string{"1"}}, ""},
		{str("secret\xff"), "has text that is not valid UTF-8"},
		{num("NaN"), "has not a number"},
		{num("1e126"), "has a number outside"},
		{list(deep), "is nested too deeply"},
		{object("", null), "has an empty key"},
		{object("\xff", null), "not valid UTF-8"},
		{list(&types.AttributeValueMemberSS{Value: []string{"secret", "secret"}}), "has a set with a duplicate"},
		{&types.AttributeValueMemberBS{Value: [][]byte{{}, nil}}, "has a set with a duplicate"},
		{&types.AttributeValueMemberNS{Value: []string{"x"}}, "has not a number"},
		{&types.AttributeValueMemberNS{}, "has an empty set"},
		{object("a", &types.UnknownUnionMember{}), "has a part without a type"},
		{str("secret fails"), "does not encode"},
		{str("secret panics"), "does not encode"},
		{&types.AttributeValueMemberBOOL{Value: true}, "does not decode"},
	} {
		_, err := Encode("input", custom{c.av})
		if c.want != "" {
			wantError(t, err, c.want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

func TestEqual(t *testing.T) {
	ss := func(all ...string) types.AttributeValue { return &types.AttributeValueMemberSS{Value: all} }
	ns := func(all ...string) types.AttributeValue { return &types.AttributeValueMemberNS{Value: all} }
	bs := func(all ...[]byte) types.AttributeValue { return &types.AttributeValueMemberBS{Value: all} }
	all := []types.AttributeValue{str("a"), num("1"), null, list(), list(str("a")), list(ss("a", "b")), object("a", null), object("b", null), ss("a"), ns("1", "2"), bs([]byte("a"))}
	for i, a := range all {
		for j, b := range all {
			if equal(a, b) != (i == j) {
				t.Errorf("equal(%T %[1]v, %T %[2]v) is %t", a, b, i != j)
			}
		}
	}
	if !equal(list(ss("a", "b"), ns("1", "2")), list(ss("b", "a"), ns("2", "1"))) {
		t.Error("the order of a set's members counts")
	}
}
