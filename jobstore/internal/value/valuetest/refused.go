package valuetest

import (
	"encoding/json"
	"math"
	"math/big"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Refused are types that no store takes, and values that no store does.
func Refused() []Case { return append(refusedTypes(), refusedValues()...) }

func refusedTypes() []Case {
	return []Case{
		Refuse[chan int]("chan", "input: chan int cannot be stored"),
		Refuse[func()]("func", "input: func() cannot be stored"),
		Refuse[complex128]("complex128", "cannot be stored"), Refuse[complex64]("complex64", "cannot be stored"),
		Refuse[uintptr]("uintptr", "cannot be stored"), Refuse[unsafe.Pointer]("unsafe.Pointer", "cannot be stored"),
		Refuse[error]("error", "input: error is an interface"),
		Refuse[struct{ Err error }]("interface field", "input.Err: error is an interface"),
		Refuse[asserts]("interface with methods", "is an interface"),
		Refuse[struct {
			A []map[string]struct{ C chan int }
		}]("deep chan", "input.A[][].C: chan int"),
		Refuse[struct{ Done <-chan struct{} }]("chan field", "input.Done: <-chan struct {} cannot be stored"),
		Refuse[struct{ Call func() }]("func field", "input.Call: func() cannot be stored"),
		Refuse[**int]("pointer to pointer", "may hold a nil"), Refuse[*any]("pointer to interface", "may hold a nil"),
		Refuse[[]namedByte]("named bytes", "no []valuetest.namedByte"), Refuse[[2]namedByte]("array of named bytes", "no [2]valuetest.namedByte"),
		Refuse[[][]byte]("[][]byte", "stored as a set"),
		Refuse[struct{ secret string }]("unexported field", "input.secret: unexported in struct"),
		Refuse[struct {
			Name   string
			secret string
		}]("unexported beside exported", "input.secret: unexported"),
		Refuse[sync.Mutex]("sync.Mutex", "unexported in sync"), Refuse[embedsLock]("embedded lock", "input.Mutex."),
		Refuse[stamp]("type of time.Time", "unexported in "), Refuse[url.URL]("url.URL", "MarshalBinary, which encoding/json does not call"),
		Refuse[embedsTime]("embedded time.Time", "embeds time.Time, whose methods"),
		Refuse[embedsPointer]("embedded pointer", "input.Base: an embedded pointer"),
		Refuse[embedsSlice]("embedded slice", "input.names: unexported"),
		Refuse[embedsTwo]("hidden field", `input.Version: has the name of Base.Version, "Version"`),
		Refuse[opaque]("JSON pair alone", "/valuetest.opaque has MarshalJSON, which DynamoDB's encoder does not call"),
		Refuse[struct{ Price struct{ Amount opaque } }]("JSON pair in a field", "input.Price.Amount: github.com/"),
		Refuse[binary]("binary pair alone", "MarshalBinary, which encoding/json does not call"),
		Refuse[oneWay]("half a pair", "one of MarshalText and UnmarshalText"), Refuse[[]oneWay]("list of half a pair", "input[]: "),
		Refuse[jsonV2]("encoding/json/v2", "MarshalJSONTo"),
		Refuse[map[string]pointed]("pointer's methods in a map", "input[]: github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest.pointed has its MarshalText on a pointer"),
		Refuse[map[string]big.Int]("map of big.Int", "math/big.Int has its MarshalJSON on a pointer"),
		Refuse[map[string][1]big.Int]("map of arrays of big.Int", "on a pointer"),
		Refuse[struct {
			A int `json:"-"`
		}]("excluded from JSON only", "input.A: excluded from one encoding only"),
		Refuse[struct {
			A int `dynamodbav:"-"`
		}]("excluded from DynamoDB only", "excluded from one encoding only"),
		refuseTag("a name of a dash", "excluded from one encoding only", `json:"-," dynamodbav:"-,"`),
		Refuse[struct {
			A int `json:"B"`
			B int
		}]("one name twice in JSON", `input.B: has the name of A, "B"`),
		Refuse[struct {
			A int `dynamodbav:"B"`
			B int
		}]("one name twice in DynamoDB", `input.B: has the name of A, "B"`),
		Refuse[struct{ ID, Id int }]("names that differ in case", `input.Id: has the name of ID`),
		refuseTag("a name that JSON ignores", "encoding/json ignores the name", `json:"a\"b"`),
		Refuse[struct {
			At time.Time `dynamodbav:",unixtime"`
		}]("unixtime", "input.At: the option unixtime"),
		Refuse[struct {
			A []int `dynamodbav:",omitemptyelem"`
		}]("omitemptyelem", "drops elements"),
		Refuse[struct {
			A int `dynamodbav:",omitempty,nullempty"`
		}]("omitempty and nullempty", "exclude each other"),
		Refuse[struct {
			A any `dynamodbav:",string"`
		}]("string of any", "the option string is for"),
		Refuse[struct {
			A level `json:",string"`
		}]("string of a text pair", "the option string is for"),
		Refuse[struct {
			A []int `dynamodbav:",stringset"`
		}]("string set of numbers", "the option stringset does not fit []int"),
		Refuse[struct {
			A []byte `dynamodbav:",numberset"`
		}]("number set of bytes", "does not fit"),
		Refuse[struct {
			A *[]string `dynamodbav:",stringset"`
		}]("pointer to a set", "does not fit"),
		Refuse[struct {
			A []level `dynamodbav:",stringset"`
		}]("set of a text pair", "does not fit"),
		Refuse[map[bool]int]("keys of bool", "keys of bool do not come back"), Refuse[map[float64]int]("keys of float64", "do not come back"),
		Refuse[map[weekday]int]("keys that print themselves", "weekday do not come back"), Refuse[map[time.Duration]int]("keys of time.Duration", "time.Duration do not"),
		Refuse[map[any]int]("keys of any", "do not come back"), Refuse[map[*int]int]("keys of pointers", "do not come back"),
		Refuse[map[[2]int]int]("keys of arrays", "do not come back"), Refuse[map[odd]int]("string keys with a text pair", "do not come back"),
		Refuse[map[time.Time]int]("keys of time.Time", "one text for several values"), Refuse[map[json.Number]int]("keys of json.Number", "do not come back"),
	}
}

func refusedValues() []Case {
	cyclic := &chain{}
	cyclic.Next = cyclic
	loop := map[string]any{}
	loop["self"] = loop
	return []Case{
		Refuse("not UTF-8", "input: text that is not valid UTF-8", "a\xff"),
		Refuse("named and not UTF-8", "not valid UTF-8", named("\xff")),
		Refuse("field not UTF-8", "input.Lines[1].SKU: text that", order{Lines: []line{{}, {SKU: "\xff"}}}),
		Refuse("value of a map not UTF-8", "input[]: text that", map[string]string{"k": "\xff"}),
		Refuse("key not UTF-8", "input: a map's key is not valid UTF-8", map[string]string{"\xff": ""}),
		Refuse("empty key", "a map's key is empty", map[string]string{"": "a"}),
		Refuse("long key", "a map's key has more than 65535 bytes", map[string]string{strings.Repeat("k", 65536): "a"}),
		Refuse("long key in an any", "a map's key has more than 65535 bytes", map[string]any{"a": map[string]any{strings.Repeat("k", 65536): "a"}}),
		Refuse("text not UTF-8", "MarshalText", odd("\xff")),
		Refuse("NaN", "input: NaN", math.NaN()), Refuse("infinities", "input: an infinity", math.Inf(1), math.Inf(-1)),
		Refuse("NaN in a list", "input[1]: NaN", []float32{1, float32(math.NaN())}),
		Refuse("out of range", "outside ±1E-130", 1e-131, 1e126, -1e300, math.SmallestNonzeroFloat64),
		Refuse("float32 that is rounded twice", "a float32 that would come back as another", float32(math.MaxFloat32), float32(-math.MaxFloat32), float32(7.038531e-26)),
		Refuse("39 digits", "more than 38 digits", json.Number("123456789012345678901234567890123456789"), json.Number("0.123456789012345678901234567890123456789")),
		Refuse("no number", "not a number", json.Number(""), json.Number("x"), json.Number("01"), json.Number("+1"), json.Number("1."), json.Number(".5"), json.Number("1e"), json.Number("NaN")),
		Refuse("number out of range", "outside ±1E-130", json.Number("1e126"), json.Number("1e-131"), json.Number("1e99999999999999999999")),
		Refuse("number written otherwise", "written in another way", json.Number("1.50"), json.Number("1e3"), json.Number("-0"), json.Number("0.0")),
		Refuse("big.Int of 39 digits", "more than 38 digits", *new(big.Int).Exp(big.NewInt(7), big.NewInt(50), nil)),
		Refuse("big.Float that loses digits", "does not bring back", *new(big.Float).SetPrec(200).Quo(big.NewFloat(1), big.NewFloat(3))),
		Refuse[any]("too deep", "more than 31 maps and lists", deep(32)),
		Refuse("cycle", "or a cycle", cyclic), Refuse("cycle in any", "or a cycle", loop),
		Refuse("pointer to a nil slice", "a pointer to a nil slice", new([]int)), Refuse("pointer to a nil map", "a pointer to a nil map", new(map[string]int)),
		Refuse("pointer to null", "would come back nil", new(nullable)), Refuse("pointer to null JSON", "would come back nil", new(json.RawMessage)),
		Refuse("bad JSON", "not valid", json.RawMessage("{"), json.RawMessage(""), json.RawMessage("\"\xff\"")),
		Refuse("JSON with a large number", "JSON with a number of more than 38 digits", json.RawMessage("[123456789012345678901234567890123456789]")),
		Refuse[any]("not JSON's", "in an any would come back as something else", []string{"a"}, []byte("a"), noon, struct{}{}, kind, float32(1), json.Number("1"), &yes, make(chan int), map[string]string{}),
		Refuse[any]("large whole number", "over 2⁵³", 1<<53+1, uint64(math.MaxUint64), int64(math.MinInt64)),
		Refuse[any]("nil in any", "would come back as something else; use nil", []any(nil), map[string]any(nil)),
		Refuse("metadata", "input[][1]: a chan int in an any", map[string]any{"secret": map[string]any{"a": 1}, "b": []any{1, make(chan int)}}),
		Refuse("time without a text", "outside the years", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)),
		Refuse("time with seconds in its offset", "an offset that is not in minutes", time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 1172))),
		Refuse("wrapped time with seconds in its offset", "an offset that is not in minutes", wrapped{time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 1172))}),
		Refuse("duplicate in a string set", "input.A[1]: a duplicate in a set", struct {
			A []string `dynamodbav:",stringset"`
		}{[]string{"a", "a"}}),
		Refuse("duplicate in a number set", "a duplicate in a set", struct {
			A []float64 `dynamodbav:",numberset"`
		}{[]float64{0, math.Copysign(0, -1)}}),
		Refuse("duplicate in a binary set", "a duplicate in a set", struct {
			A [][]byte `dynamodbav:",binaryset"`
		}{[][]byte{{1}, {1}}}),
		Refuse("nil in a binary set", "nil is not a member", struct {
			A [][]byte `dynamodbav:",binaryset"`
		}{[][]byte{nil}}),
		Refuse("keys of one text", "two keys of the map have one text", map[folded]int{{"a"}: 1, {"A"}: 2}),
		Refuse("lossy", "UnmarshalText of", lossy{"secret"}), Refuse("lossy in JSON alone", "UnmarshalJSON of", both{"\xff"}),
		Refuse("a day", "UnmarshalJSON of", date{noon}),
		Refuse("invalid at zero", "refuses what MarshalText encoded", code("")),
		Refuse("panic", "input.P[0]: MarshalText of github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest.panics panicked", struct{ P []panics }{[]panics{{"secret"}}}),
		Refuse("failure", "MarshalText of github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest.fails failed", fails{"secret"}),
		Refuse("omitzero of a value that is not zero", "the option omitzero leaves out", struct {
			C cents `json:",omitzero"`
		}{5}),
	}
}

// refuseTag makes a case of a field with a tag that linters do not like either.
func refuseTag(name, refusal string, tag reflect.StructTag) Case {
	field := reflect.StructField{Name: "A", Type: reflect.TypeFor[int](), Tag: tag}
	return Case{Name: name, Type: reflect.StructOf([]reflect.StructField{field}), Refusal: refusal}
}
