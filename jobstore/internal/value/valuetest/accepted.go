package valuetest

import (
	"encoding/json"
	"log/slog"
	"math"
	"math/big"
	"net/http"
	"net/netip"
	"time"
)

var (
	noon = time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.FixedZone("X", 5400))
	kind = named("k")
	yes  = true
)

// Accepted are types that every store takes, with values that come back.
func Accepted() []Case {
	return []Case{
		Accept("string", "", "text", "a\x00b", "<&>\u2028é", `{"a":1}`),
		Accept("bool", true, false),
		Accept("int", 0, 42, math.MinInt),
		Accept("int8", int8(-128)), Accept("int16", int16(-1)), Accept("int32", int32(7)),
		Accept("int64", int64(math.MaxInt64), int64(math.MinInt64)),
		Accept("uint", uint(1)), Accept("uint8", uint8(255)), Accept("uint16", uint16(2)), Accept("uint32", uint32(3)),
		Accept("uint64", uint64(math.MaxUint64)),
		Accept("float64", 0, 0.1, -1.5, 1e-130, 9.9e125, math.Pi, 1e21, 1<<53+1),
		Accept("float32", float32(0.1), float32(3.4028233e38), float32(7.0385313e-26), float32(math.SmallestNonzeroFloat32)),
		Accept("named string", kind), Accept("named int", count(3)), Accept("time.Duration", time.Second),
		Accept("time.Month", time.May),
		Accept("[]byte", []byte("\x00\xff"), nil, []byte{}), Accept("named bytes", blob("x"), nil),
		Accept("[3]byte", [3]byte{1, 2, 3}), Accept("[2]string", [2]string{"a", ""}), Accept("[0]int", [0]int{}),
		Accept("[]string", []string{"b", "a", "b"}, nil, []string{}),
		Accept("[][]string", [][]string{{"a"}, nil, {}}),
		Accept("[]blob", []blob{{2}, {1}, {1}, nil}),
		Accept("map[string]int", map[string]int{"a": 1}, nil, map[string]int{}),
		Accept("map[int]string", map[int]string{-1: "a", 0: "b"}),
		Accept("map[named]*int8", map[named]*int8{"a": nil, "b": new(int8)}),
		Accept("map[level]bool", map[level]bool{1: true, 2: false}),
		Accept("map[netip.Addr]int", map[netip.Addr]int{netip.MustParseAddr("::1"): 1}),
		Accept("map[string]time.Time", map[string]time.Time{"a": noon}),
		Accept("map[string]struct", map[string]line{"a": {Count: 1}}),
		Accept("http.Header", http.Header{"A": {"b", "c"}}),
		Accept("struct{}", struct{}{}),
		Accept("order", order{}, order{
			ID: "a", Lines: []line{{SKU: "x", Count: 2, Price: 0.3}, {}}, Notes: map[string]string{"n": ""}, Paid: &yes, At: noon,
		}),
		Accept("*order", nil, &order{ID: "a"}),
		Accept("*string", nil, new(string)), Accept("*bool", &yes),
		Accept("*[]int", nil, &[]int{}, &[]int{1}),
		Accept("generic", page[order]{}, page[order]{Items: []order{{ID: "a"}}, Next: &order{ID: "b"}}),
		Accept("recursive struct", tree{Name: "a", Children: []*tree{{Name: "b"}, nil}}),
		Accept("recursive slice", nested{{}, {{}}}),
		Accept("recursive map", byName{"a": {"b": nil}}),
		Accept("embedded", embeds{Base: Base{Version: 1}, Name: "a"}),
		Accept("embedded with a name in one encoding", embedsNamed{Base: Base{Version: 1}, Name: "a"}),
		Accept("embedded unexported", embedsUnexported{base: base{Version: 1}, Name: "a"}),
		Accept("embedded without fields", embedsNothing{marker: marker{}, Name: "a"}),
		Accept("embedded pointer with names", struct {
			*Base `json:"base" dynamodbav:"base"`
			Name  string
		}{Name: "a"}),
		Accept("excluded from both", struct {
			Name string
			call func()   `json:"-" dynamodbav:"-"`
			Done chan int `json:"-" dynamodbav:"-"`
		}{Name: "a"}),
		Accept("blank field", struct {
			_    struct{}
			Name string
		}{Name: "a"}),
		Accept("options", struct {
			A int               `json:",omitempty" dynamodbav:",omitempty"`
			B string            `json:"b,omitzero" dynamodbav:"bb,nullempty"`
			C []string          `json:"c" dynamodbav:",omitempty"`
			D float64           `json:",string"`
			E *int              `dynamodbav:",string"`
			F bool              `json:",string" dynamodbav:",string"`
			G map[string]string `dynamodbav:",nullemptyelem"`
			H time.Time         `json:",omitzero"`
			I string            `json:",string" dynamodbav:",string"`
		}{G: map[string]string{"a": ""}, D: 0.5, F: true, I: "5\"x"}),
		Accept("omitted numbers", struct {
			N json.Number `json:",omitempty" dynamodbav:",omitempty"`
			C code        `json:",omitempty" dynamodbav:",omitempty"`
		}{}),
		Accept("sets", struct {
			S []string  `dynamodbav:"s,stringset"`
			N []int     `dynamodbav:"n,numberset"`
			F []float64 `dynamodbav:"f,numberset,omitempty"`
			B [][]byte  `dynamodbav:"b,binaryset"`
		}{S: []string{"b", "", "a"}, N: []int{2, 1}, B: [][]byte{{2}, {}, {1}}}),
		Accept("time.Time", time.Time{}, noon, noon.UTC(), time.Now()),
		Accept("*time.Time", nil, &noon), Accept("wrapped time.Time", wrapped{noon}),
		Accept("date", date{time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}),
		Accept("big.Int", *big.NewInt(0), *big.NewInt(-5)), Accept("*big.Int", nil, big.NewInt(math.MaxInt64)),
		Accept("[]big.Int", []big.Int{*big.NewInt(1)}), Accept("*big.Rat", big.NewRat(1, 3)), Accept("big.Float", *big.NewFloat(1.5)),
		Accept("netip.Addr", netip.Addr{}, netip.MustParseAddr("10.0.0.1")), Accept("netip.Prefix", netip.MustParsePrefix("10.0.0.0/8")),
		Accept("netip.AddrPort", netip.MustParseAddrPort("[::1]:80")), Accept("slog.Level", slog.LevelWarn),
		Accept("text pair", level(0), level(7)), Accept("[]text pair", []level{1, 2}), Accept("text pair on strings", odd("x")),
		Accept("text pair on a pointer", pointed{"a"}), Accept("map[string]*text pair", map[string]*pointed{"a": {"b"}, "c": nil}),
		Accept("JSON and binary pairs", both{"a"}), Accept("[]JSON and binary pairs", []*both{{"a"}, nil}),
		Accept("null in JSON", nullable{}, nullable{"a"}),
		Accept("json.RawMessage", json.RawMessage(`{"a":[1,null]}`), json.RawMessage(`"x"`), json.RawMessage("null"), nil),
		Accept("[]json.RawMessage", []json.RawMessage{json.RawMessage("1"), nil}),
		Accept("json.Number", json.Number("1"), json.Number("-0.5"), json.Number("12345678901234567890123456789012345678")),
		Accept("number of text", number("1.5")),
		Accept[any]("any", nil, "a", 1.5, true, []any{}, map[string]any{"a": []any{nil, map[string]any{"b": "c"}}}),
		Accept("[]any", []any{1.5, "a", nil}), Accept("map[string]any", map[string]any{"a": nil, "b": []any{true}}, nil),
		Accept("struct with any", struct{ V any }{V: map[string]any{"a": 1.0}}),
		Accept("map of any with whole numbers", map[string]any{"a": 7, "b": -(1 << 53)}),
		Accept("deepest", deep(31)),
	}
}

// deep is depth lists in each other.
func deep(depth int) any {
	v := any("leaf")
	for range depth {
		v = []any{v}
	}
	return v
}
