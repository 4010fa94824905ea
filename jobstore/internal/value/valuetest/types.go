package valuetest

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

type (
	named       string
	count       int
	blob        []byte
	namedByte   byte
	stamp       time.Time
	wrapped     struct{ time.Time }
	names       []string
	page[T any] struct {
		Items []T
		Next  *T
	}
	tree struct {
		Name     string
		Children []*tree
	}
	chain  struct{ Next *chain }
	nested []nested
	byName map[string]byName
	number string
	odd    string
)

type order struct {
	ID    string            `json:"id" dynamodbav:"order_id"`
	Lines []line            `json:"lines,omitempty" dynamodbav:"lines"`
	Notes map[string]string `json:"notes,omitzero"`
	Paid  *bool             `dynamodbav:",omitempty"`
	At    time.Time         `json:"at"`
}

type line struct {
	SKU   string `json:",omitempty" dynamodbav:",omitempty"`
	Count int    `json:",string" dynamodbav:",string"`
	Price float64
}

// Base is embedded.
type Base struct{ Version int }

type base struct{ Version int }

type (
	embeds struct {
		Base
		Name string
	}
	embedsNamed struct {
		Base `json:"base"`
		Name string
	}
	embedsUnexported struct {
		base
		Name string
	}
	embedsPointer struct {
		*Base
		Name string
	}
	embedsNothing struct {
		marker
		Name string
	}
	marker      struct{}
	embedsSlice struct{ names }
	embedsTime  struct {
		time.Time
		Name string
	}
	embedsTwo struct {
		Base
		Version int
	}
	embedsLock struct {
		sync.Mutex
		N int
	}
)

var _ = embedsSlice{names: names{}}

// level has a text pair.
type level int

func (l level) MarshalText() ([]byte, error) { return []byte("level-" + strconv.Itoa(int(l))), nil }

func (l *level) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(strings.TrimPrefix(string(text), "level-"))
	*l = level(n)
	return err
}

// code is invalid at zero.
type code string

func (c code) MarshalText() ([]byte, error) { return []byte(c), nil }

func (c *code) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errors.New("empty")
	}
	*c = code(text)
	return nil
}

// folded has one text for several values.
type folded struct{ S string }

func (f folded) MarshalText() ([]byte, error) { return []byte(strings.ToLower(f.S)), nil }

func (f *folded) UnmarshalText(text []byte) error {
	f.S = string(text)
	return nil
}

// opaque has no exported fields and a JSON pair alone.
type opaque struct{ secret string }

func (o opaque) MarshalJSON() ([]byte, error) { return json.Marshal(o.secret) }

func (o *opaque) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &o.secret) }

// date is a day in JSON, and a time as text.
type date struct{ time.Time }

func (d date) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

func (d *date) UnmarshalJSON(data []byte) (err error) {
	d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(data))
	return err
}

// both has a JSON pair beside a binary one.
type both struct{ S string }

func (b both) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]string{"s": b.S}) }

func (b *both) UnmarshalJSON(data []byte) error {
	var m map[string]string
	err := json.Unmarshal(data, &m)
	b.S = m["s"]
	return err
}

func (b both) MarshalBinary() ([]byte, error) { return []byte(b.S), nil }

func (b *both) UnmarshalBinary(data []byte) error {
	b.S = string(data)
	return nil
}

// pointed has its methods on the pointer.
type pointed struct{ S string }

func (p *pointed) MarshalText() ([]byte, error) { return []byte(p.S), nil }

func (p *pointed) UnmarshalText(text []byte) error {
	p.S = string(text)
	return nil
}

// oneWay encodes and does not decode.
type oneWay struct{ S string }

func (o oneWay) MarshalText() ([]byte, error) { return []byte(o.S), nil }

// lossy does not bring back what it encodes.
type lossy struct{ S string }

func (l lossy) MarshalText() ([]byte, error) { return []byte(l.S), nil }

func (l *lossy) UnmarshalText([]byte) error { return nil }

// binary has a binary pair alone.
type binary struct{ S string }

func (b binary) MarshalBinary() ([]byte, error) { return []byte(b.S), nil }

func (b *binary) UnmarshalBinary(data []byte) error {
	b.S = string(data)
	return nil
}

// panics when it is encoded.
type panics struct{ Secret string }

func (p panics) MarshalText() ([]byte, error) { panic(p.Secret) }

func (p *panics) UnmarshalText([]byte) error { return nil }

// fails to encode, and says why.
type fails struct{ Secret string }

func (f fails) MarshalText() ([]byte, error) { return nil, errors.New(f.Secret) }

func (f *fails) UnmarshalText([]byte) error { return nil }

// nullable is null in JSON at zero.
type nullable struct{ S string }

func (n nullable) MarshalJSON() ([]byte, error) {
	if n.S == "" {
		return []byte("null"), nil
	}
	return json.Marshal(n.S)
}

func (n *nullable) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &n.S) }

func (n nullable) MarshalText() ([]byte, error) { return []byte(n.S), nil }

func (n *nullable) UnmarshalText(text []byte) error {
	n.S = string(text)
	return nil
}

// jsonV2 has a method of encoding/json/v2.
type jsonV2 struct{ S string }

func (jsonV2) MarshalJSONTo(any) error { return nil }

// weekday prints itself.
type weekday int

func (d weekday) String() string { return fmt.Sprintf("day %d", int(d)) }

// cents is zero below a whole one.
type cents int

func (c cents) IsZero() bool { return c < 100 }

func (n number) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }
func (n number) Int64() (int64, error)     { return strconv.ParseInt(string(n), 10, 64) }
func (n number) String() string            { return string(n) }

func (o odd) MarshalText() ([]byte, error)     { return []byte("x" + o), nil }
func (o *odd) UnmarshalText(text []byte) error { *o = odd(text[1:]); return nil }

type asserts interface{ encoding.TextMarshaler }
