package value_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// angry fails as its text says.
type angry struct{ Text string }

func (a angry) MarshalText() ([]byte, error) { return []byte(a.Text), nil }

func (a *angry) UnmarshalText(text []byte) error {
	a.Text = string(text)
	switch a.Text {
	case "secret panic":
		panic(a.Text)
	case "secret error":
		return errors.New(a.Text)
	case "secret type":
		return &json.UnmarshalTypeError{Value: a.Text, Type: reflect.TypeFor[int]()}
	}
	return nil
}

func TestJSON(t *testing.T) {
	type pair struct {
		Sum *big.Int
		Own big.Int
	}
	data, err := value.EncodeJSON("input", pair{big.NewInt(1), *big.NewInt(2)})
	if err != nil || string(data) != `{"Sum":1,"Own":2}` {
		t.Fatalf("%s, %v", data, err)
	}
	var got pair
	if err := value.DecodeJSON("input", data, &got); err != nil || got.Own.Int64() != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := value.EncodeJSON("input", "a\xff"); err == nil {
		t.Error("bad UTF-8 is encoded")
	}
}

func TestJSONErrors(t *testing.T) {
	want := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	kept := map[string]int8{"kept": 1}
	want(value.DecodeJSON("input", []byte(`{"secret":777}`), &kept), "input: JSON does not decode into map[string]int8: number into int8")
	if kept["kept"] != 1 {
		t.Errorf("%v was changed", kept)
	}
	want(value.DecodeJSON("input", []byte(`"secret`), &kept), "input: JSON does not decode into map[string]int8")
	want(value.DecodeJSON("input", []byte(`"secret"`), new(int)), "input: JSON does not decode into int")
	for _, text := range []string{`"secret panic"`, `"secret error"`, `"secret type"`} {
		want(value.DecodeJSON("input", []byte(`[`+text+`]`), new([]angry)), "input: JSON does not decode into []value_test.angry")
	}
}
