package attr

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest"
)

// FuzzRoundTrip makes types and values of them: what is accepted comes back.
func FuzzRoundTrip(f *testing.F) {
	random := rand.NewChaCha8([32]byte{1})
	for range 2000 {
		data := make([]byte, 200)
		random.Read(data)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v := valuetest.Random(data)
		if value.Check("input", v) != nil {
			return
		}
		roundTrip(t, v, func(av types.AttributeValue) types.AttributeValue { return av })
		throughJSON(t, v)
		if t.Failed() {
			t.Logf("of type %s", v.Type())
		}
	})
}

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
}

// TestRandomIsOftenAccepted keeps the generator useful.
func TestRandomIsOftenAccepted(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	structs := 0
	for range 2000 {
		data := make([]byte, 200)
		random.Read(data)
		if v := valuetest.Random(data); v.Kind() == reflect.Struct && v.NumField() > 0 && value.Check("input", v) == nil {
			structs++
		}
	}
	if structs < 100 {
		t.Errorf("%d structs of 2000 values are accepted", structs)
	}
}

// FuzzDecode decodes anything into anything: it neither panics nor quotes.
func FuzzDecode(f *testing.F) {
	random := rand.NewChaCha8([32]byte{3})
	for range 1000 {
		data := make([]byte, 200)
		random.Read(data)
		f.Add(data, data[100:])
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		from, into := valuetest.Random(a), valuetest.Random(b)
		if value.Check("input", from) != nil {
			return
		}
		av, err := encodeChecked("input", from)
		if err != nil {
			t.Fatal(err)
		}
		_ = decodeInto("input", av, into)
	})
}
