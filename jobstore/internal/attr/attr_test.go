package attr

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest"
)

func TestAccepted(t *testing.T) {
	for _, c := range valuetest.Accepted() {
		t.Run(c.Name, func(t *testing.T) {
			for _, v := range c.Values {
				roundTrip(t, v, func(av types.AttributeValue) types.AttributeValue { return av })
			}
		})
	}
}

// roundTrip encodes v, brings it through a store and decodes it.
func roundTrip(t *testing.T, v reflect.Value, store func(types.AttributeValue) types.AttributeValue) {
	t.Helper()
	if err := value.Check("input", v); err != nil {
		t.Fatal(err)
	}
	av, err := encodeChecked("input", v)
	if err != nil {
		t.Fatal(err)
	}
	if reason := problem(av); reason != "" {
		t.Errorf("what was accepted %s", reason)
	}
	back := reflect.New(v.Type())
	if err := decodeInto("input", store(av), back.Elem()); err != nil {
		t.Fatal(err)
	}
	if diff := valuetest.Diff(v.Interface(), back.Elem().Interface()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	_, err := Encode("input", "a\xff")
	wantError(t, err, "input: text that is not valid UTF-8")
	_, err = Encode("input", make(chan int))
	wantError(t, err, "input: chan int cannot be stored")
	_, err = Encode("metadata", map[string]any{"a": struct{}{}})
	wantError(t, err, "metadata[]: a struct {} in an any")
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, want %q", want)
	case !strings.Contains(err.Error(), want):
		t.Errorf("%q does not say %q", err, want)
	case strings.Contains(err.Error(), "secret"):
		t.Errorf("%q quotes the value", err)
	}
}
