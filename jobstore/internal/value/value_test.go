package value_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest"
)

func TestAccepted(t *testing.T) {
	for _, c := range valuetest.Accepted() {
		t.Run(c.Name, func(t *testing.T) {
			if err := value.CheckType("input", c.Type); err != nil {
				t.Fatal(err)
			}
			for _, v := range c.Values {
				if err := value.Check("input", v); err != nil {
					t.Error(err)
					continue
				}
				throughJSON(t, v)
			}
		})
	}
}

// throughJSON brings v through encoding/json and back.
func throughJSON(t *testing.T, v reflect.Value) {
	t.Helper()
	data, err := json.Marshal(v.Addr().Interface())
	if err != nil {
		t.Fatal(err)
	}
	back := reflect.New(v.Type())
	if err := json.Unmarshal(data, back.Interface()); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if diff := valuetest.Diff(v.Interface(), back.Elem().Interface()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", data, diff)
	}
	if again, err := json.Marshal(back.Interface()); err != nil || !bytes.Equal(data, again) && !same(again, data) {
		t.Errorf("encoded again: %s, %v, want %s", again, err, data)
	}
}

// same is true of null and an empty list, map or text.
func same(a, b []byte) bool {
	empty := strings.NewReplacer("[]", "null", "{}", "null", `""`, "null")
	return empty.Replace(string(a)) == empty.Replace(string(b))
}

func TestRefused(t *testing.T) {
	for _, c := range valuetest.Refused() {
		t.Run(c.Name, func(t *testing.T) {
			err := value.CheckType("input", c.Type)
			if c.Values == nil {
				refused(t, err, c.Refusal)
				refused(t, value.Check("input", reflect.New(c.Type).Elem()), c.Refusal)
				return
			}
			if err != nil {
				t.Fatalf("the type is refused: %v", err)
			}
			for _, v := range c.Values {
				refused(t, value.Check("input", v), c.Refusal)
			}
		})
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Error("accepted")
	case !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "input"):
		t.Errorf("%q does not say %q", err, want)
	case strings.Contains(err.Error(), `"secret"`) || strings.HasSuffix(err.Error(), "secret"):
		t.Errorf("%q quotes the value", err)
	}
}

// graph refers to the same parts again and again.
type graph struct{ Next []*graph }

// TestManyPaths ends the walk of a small value with 4¹⁴ paths.
func TestManyPaths(t *testing.T) {
	g := &graph{}
	for range 14 {
		g = &graph{Next: []*graph{g, g, g, g}}
	}
	if err := value.CheckValue("input", g); err == nil || !strings.HasSuffix(err.Error(), "more than 4194304 elements") {
		t.Error(err)
	}
}
