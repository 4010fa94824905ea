package streamproc

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

// decoder decodes raw records.
type decoder[T any] struct{ images *avjson.Decoder[T] }

// newDecoder panics when no item decodes into T.
func newDecoder[T any]() decoder[T] {
	if t := reflect.TypeFor[T](); !takesItems(t) {
		panic(fmt.Sprintf("streamproc: New: T is %v, want a type that an item decodes into, such as a struct", t))
	}
	return decoder[T]{avjson.NewDecoder[T]()}
}

// takesItems reports whether an item decodes into a t.
func takesItems(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[attributevalue.Unmarshaler]()) {
		return true
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return true
	case reflect.Pointer:
		return takesItems(t.Elem())
	}
	return t == reflect.TypeFor[any]()
}

// holder is what each record needs, in one allocation.
type holder[T any] struct {
	arena strings.Builder
	value T
}

// record decodes r. All strings of simple fields share one allocation.
func (d decoder[T]) record(r *RawRecord) (rec Record[T], err error) {
	h := new(holder[T])
	arena := &h.arena
	arena.Grow(stringsOf(r.New()) + stringsOf(r.Old()) + len(r.Keys().json) + len(r.sequence.in(r.data)))
	rec = Record[T]{Operation: r.Operation, Time: r.Time(), SizeBytes: r.SizeBytes(), Expired: r.Expired()}
	rec.SequenceNumber = avjson.Text(arena, r.sequence.in(r.data))
	if rec.Keys, err = decodeKeys(r, arena); err != nil {
		return rec, err
	}
	if rec.New, err = d.image("NewImage", r.New(), arena, &h.value); err == nil && r.Old().Exists() {
		rec.Old, err = d.image("OldImage", r.Old(), arena, new(T))
	}
	return rec, err
}

// stringsOf estimates how many bytes of an image are strings. Names, tags and brackets
// take the rest, a few hundred bytes of a large image. An estimate that is too low costs
// one more allocation; the image's length in its place is 28 % more memory for a record
// of BenchmarkDispatch.
func stringsOf(m Image) int { return max(len(m.json)*5/8, len(m.json)-300) }

func (d decoder[T]) image(path string, m Image, arena *strings.Builder, v *T) (*T, error) {
	if !m.Exists() {
		return nil, nil
	}
	if err := d.images.Decode(path, m.json, arena, v); err != nil {
		return nil, public(err)
	}
	return v, nil
}

func decodeKeys(r *RawRecord, arena *strings.Builder) (Keys, error) {
	k, err := avjson.DecodeKeys("Keys", r.Keys().json, arena)
	return Keys{KeyAttribute(k[0]), KeyAttribute(k[1])}, public(err)
}
