package attr

import (
	"encoding/json"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func num(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
func list(all ...types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberL{Value: all}
}

func object(name string, av types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{name: av}}
}

var null = &types.AttributeValueMemberNULL{Value: true}

type item struct {
	Price  float64 `dynamodbav:"price"`
	Count  int8    `dynamodbav:"count,string"`
	Nested map[string]*[]item
	At     time.Time
	Base
}

// Base is embedded.
type Base struct{ Addr netip.Addr }

// angry panics while it is decoded.
type angry struct{}

func (angry) MarshalText() ([]byte, error) { return nil, nil }

func (*angry) UnmarshalText(text []byte) error { panic(string(text)) }

func TestDecodeErrors(t *testing.T) {
	wantError(t, Decode("input", str("secret"), new(item)), "input: a string does not decode into github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr.item")
	wantError(t, Decode("input", object("price", str("secret")), new(item)), "input.Price: a string does not decode into float64")
	wantError(t, Decode("input", object("count", str("secret")), new(item)), "input.Count: a string does not decode into int8")
	wantError(t, Decode("input", object("count", str("777777")), new(item)), "input.Count: a string does not decode into int8")
	wantError(t, Decode("input", object("Addr", str("secret")), new(item)), "input.Base.Addr: a string does not decode into net/netip.Addr")
	wantError(t, Decode("input", object("At", num("1.5")), new(item)), "input.At: a number does not decode into time.Time")
	wantError(t, Decode("input", object("nested", object("secret", list(null, object("price", list())))), new(*item)), "input.Nested[][1].Price: a list does not decode into float64")
	wantError(t, Decode("input", list(num("1"), num("65536")), new([]uint16)), "input[1]: a number does not decode into uint16")
	wantError(t, Decode("input", object("secret", num("1")), new(map[int]int)), "input: a map does not decode into map[int]int")
	wantError(t, Decode("input", &types.AttributeValueMemberB{Value: []byte("secret")}, new([3]byte)), "input: binary does not decode into [3]uint8")
	wantError(t, Decode("input", object("a", num("1")), new(struct{ A error })), "input.A: a number does not decode into error")
	wantError(t, Decode("input", object("a", num("1")), new(error)), "input: a map does not decode into error")
	wantError(t, Decode("input", object("a", list(str("secret"))), new(map[string][]angry)), "input[][0]: a string does not decode into github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr.angry")
	wantError(t, Decode("input", &types.UnknownUnionMember{Tag: "secret"}, new(string)), "input: a value without a type does not decode into string")
}

// TestDecodeErrorChangesNothing of what it decodes into.
func TestDecodeErrorChangesNothing(t *testing.T) {
	got := []string{"kept"}
	if err := Decode("input", list(str("a"), list()), &got); err == nil || len(got) != 1 || got[0] != "kept" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDecodeDeep(t *testing.T) {
	av := str("leaf")
	for range 100_000 {
		av = list(av)
	}
	wantError(t, Decode("input", av, new(any)), "input: nested too deeply")
}

func TestDecodeNull(t *testing.T) {
	for _, av := range []types.AttributeValue{nil, null} {
		got := "old"
		if err := Decode("input", av, &got); err != nil || got != "" {
			t.Errorf("%v: %q, %v", av, got, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	want := map[string]any{"a": 1.0}
	for _, av := range []types.AttributeValue{object("a", num("1")), str(`{"a":1}`)} {
		got, err := Metadata("metadata", av)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
	for _, av := range []types.AttributeValue{nil, null, str("null")} {
		if got, err := Metadata("metadata", av); err != nil || got != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	for _, av := range []types.AttributeValue{str(`["secret"]`), str("secret"), str("")} {
		_, err := Metadata("metadata", av)
		wantError(t, err, "metadata: a string does not hold a JSON object")
	}
	_, err := Metadata("metadata", list(str("secret")))
	wantError(t, err, "metadata: a list does not decode into map[string]interface {}")
}

// TestRawMessage is stored as bytes, so that it comes back byte for byte.
func TestRawMessage(t *testing.T) {
	raw := json.RawMessage("{ \"a\": \"<\" }")
	av, err := Encode("input", raw)
	var got json.RawMessage
	if err == nil {
		err = Decode("input", av, &got)
	}
	if err != nil || string(got) != string(raw) {
		t.Errorf("%s, %v", got, err)
	}
}

// strict takes numbers only.
type strict struct{ n string }

func (s *strict) UnmarshalDynamoDBAttributeValue(av types.AttributeValue) error {
	n, ok := av.(*types.AttributeValueMemberN)
	if !ok {
		return errors.New("not a number")
	}
	s.n = n.Value
	return nil
}

// TestNothingIsZero for a type that refuses NULL too.
func TestNothingIsZero(t *testing.T) {
	for name, av := range map[string]types.AttributeValue{"missing": nil, "NULL": null} {
		v := strict{"5"}
		if err := Decode("output", av, &v); err != nil || v.n != "" {
			t.Errorf("%s: got %v and %v, want the zero value", name, v, err)
		}
	}
	wantError(t, Decode("output", str("secret"), new(strict)), "output: a string does not decode into github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr.strict")
}
