package jobstoretest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"
)

// Values has a field of each kind of type that every store returns unchanged, for
// [Types].
type Values struct {
	String   string
	Bool     bool
	Int      int
	Int8     int8
	Int16    int16
	Int32    int32
	Int64    int64
	Uint     uint
	Uint8    uint8
	Uint16   uint16
	Uint32   uint32
	Uint64   uint64
	Float32  float32
	Float64  float64
	Duration time.Duration
	Named    kind
	Bytes    []byte
	Blob     blob
	Parts    []blob
	Hash     [4]byte
	Strings  []string
	Lists    [][]int
	Array    [2]string
	Map      map[string]int
	Maps     map[string]map[string]bool
	Numbered map[int]string
	ByAddr   map[netip.Addr]string
	Named2   map[kind]*int
	Struct   part
	Structs  []part
	Pointers []*part
	ByName   map[string]part
	Pointer  *string
	Nil      *part
	Generic  page[part]
	Tree     *tree
	Time     time.Time
	Zone     time.Time
	When     *time.Time
	BigInt   big.Int
	Sum      *big.Int
	Ratio    *big.Rat
	Addr     netip.Addr
	Prefix   netip.Prefix
	Level    level
	Levels   []level
	Both     *both
	Raw      json.RawMessage
	Number   json.Number `json:",omitempty" dynamodbav:",omitempty"`
	Any      any
	Anys     []any
	Document map[string]any
	Renamed  string            `json:"json_name" dynamodbav:"table_name"`
	Omitted  string            `json:",omitempty" dynamodbav:",omitempty"`
	OmitZero time.Time         `json:",omitzero"`
	Quoted   int               `json:",string" dynamodbav:",string"`
	NullMap  map[string]string `dynamodbav:",nullempty"`
	Set      []string          `dynamodbav:",stringset"`
	Numbers  []float64         `dynamodbav:",numberset"`
	Binaries [][]byte          `dynamodbav:",binaryset"`
	Excluded func()            `json:"-" dynamodbav:"-"`
	Nothing  struct{}

	Embedded
	unexported
}

// Embedded is embedded in [Values].
type Embedded struct{ Version int }

type (
	unexported struct{ Inner string }
	kind       string
	blob       []byte
	part       struct {
		Name  string
		Price float64
	}
	page[T any] struct {
		Items []T
		Next  *T
	}
	tree struct {
		Name     string
		Children []*tree
	}
)

// level has a text pair. A negative one panics.
type level int

func (l level) MarshalText() ([]byte, error) {
	if l < 0 {
		panic("secret")
	}
	return fmt.Appendf(nil, "level-%d", int(l)), nil
}

func (l *level) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "level-%d", (*int)(l))
	return err
}

// both has a JSON pair and a binary one, and no exported field.
type both struct{ text string }

func (b both) MarshalJSON() ([]byte, error)       { return json.Marshal([]string{b.text}) }
func (b both) MarshalBinary() ([]byte, error)     { return []byte(b.text), nil }
func (b *both) UnmarshalBinary(data []byte) error { b.text = string(data); return nil }
func (b *both) UnmarshalJSON(data []byte) (err error) {
	var all []string
	err = json.Unmarshal(data, &all)
	b.text = strings.Join(all, "")
	return err
}

// full is a value of each field.
func full() Values {
	text, one, noon := "text", 1, time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.FixedZone("", 5400))
	p := part{Name: `<&> "é"` + "\u2028\x00", Price: 0.1}
	return Values{
		String: "a", Bool: true, Int: -1, Int8: -8, Int16: -16, Int32: -32, Int64: -1 << 53, Uint: 1, Uint8: 8, Uint16: 16, Uint32: 32, Uint64: 1 << 53,
		Float32: 0.1, Float64: 1e-7, Duration: time.Second, Named: "b", Bytes: []byte{0, 255}, Blob: blob{1}, Parts: []blob{{2}, {1}, {1}}, Hash: [4]byte{1, 2, 3, 4},
		Strings: []string{"b", "", "a", "b"}, Lists: [][]int{{1}, {}, {2, 3}}, Array: [2]string{"a", "b"},
		Map: map[string]int{"a": 1}, Maps: map[string]map[string]bool{"a": {"b": true}}, Numbered: map[int]string{-1: "a"},
		ByAddr: map[netip.Addr]string{netip.MustParseAddr("::1"): "a"}, Named2: map[kind]*int{"a": nil, "b": &one},
		Struct: p, Structs: []part{p, {}}, Pointers: []*part{&p, nil}, ByName: map[string]part{"a": p}, Pointer: &text,
		Generic: page[part]{Items: []part{p}, Next: &p}, Tree: &tree{Name: "a", Children: []*tree{{Name: "b"}, nil}},
		Time: noon.UTC(), Zone: noon, When: &noon, BigInt: *big.NewInt(5), Sum: big.NewInt(-5), Ratio: big.NewRat(1, 3),
		Addr: netip.MustParseAddr("10.0.0.1"), Prefix: netip.MustParsePrefix("10.0.0.0/8"), Level: 1, Levels: []level{0, 2}, Both: &both{"a"},
		Raw: json.RawMessage(`{"a":[1,null]}`), Number: "1.5", Any: map[string]any{"a": []any{1.5, nil, true, "b"}}, Anys: []any{"a", 1.0}, Document: map[string]any{"a": nil},
		Renamed: "c", Omitted: "d", OmitZero: noon, Quoted: 7, NullMap: map[string]string{"a": "b"},
		Set: []string{"b", "", "a"}, Numbers: []float64{2, 1.5}, Binaries: [][]byte{{2}, {1}},
		Embedded: Embedded{Version: 3}, unexported: unexported{Inner: "e"},
	}
}
