package streamtest

import (
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Options are the optional settings of a [Stream].
type Options struct {
	// Table is the table's name, which is in the stream's ARN. Default "table".
	Table string

	// Keys names the table's partition key and, if it has one, its sort key. Every
	// item must have them. Default "id".
	Keys []string

	// ViewType decides which images a record has. Default NewAndOldImages.
	ViewType streamproc.ViewType

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

func (o *Options) check() {
	switch {
	case o.Table == "":
		panic("streamtest: New: Options.Table is empty")
	case len(o.Keys) < 1 || len(o.Keys) > 2:
		panic(fmt.Sprintf("streamtest: New: Options.Keys is %q, want one or two names", o.Keys))
	case slices.Contains(o.Keys, ""):
		panic("streamtest: New: Options.Keys has an empty name")
	case o.Now == nil:
		panic("streamtest: New: Options.Now is nil")
	}
	switch o.ViewType {
	case streamproc.KeysOnly, streamproc.NewImage, streamproc.OldImage, streamproc.NewAndOldImages:
	default:
		panic(fmt.Sprintf("streamtest: New: Options.ViewType is %q, want KeysOnly, NewImage, OldImage or NewAndOldImages", o.ViewType))
	}
}

// Stream makes the records of one table. Make one with [New].
type Stream struct {
	opts  Options
	count atomic.Int64
}

// New returns a stream. It panics when an option is unusable.
func New(opts ...func(*Options)) *Stream {
	o := Options{Table: "table", Keys: []string{"id"}, ViewType: streamproc.NewAndOldImages, Now: time.Now}
	option.Apply("streamtest: New", &o, opts)
	o.check()
	return &Stream{opts: o}
}

// Insert returns the record of an item that was not there before.
func (s *Stream) Insert(item any) Record {
	return s.record("Insert", streamproc.Insert, nil, itemOf("Insert", item))
}

// Modify returns the record of an item that was changed. It panics when the keys
// differ, which is not a change of one item, or when nothing does: such a write makes no
// record.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func (s *Stream) Modify(before, after any) Record {
	old, image := itemOf("Modify", before), itemOf("Modify", after)
	r := s.record("Modify", streamproc.Modify, old, image)
	switch {
	case !reflect.DeepEqual(r.Keys, s.keys("Modify", old)):
		panic("streamtest: Modify: the keys differ")
	case reflect.DeepEqual(old, image):
		panic("streamtest: Modify: the items are the same, so there is no record")
	}
	return r
}

// Remove returns the record of an item that somebody deleted.
func (s *Stream) Remove(item any) Record {
	return s.record("Remove", streamproc.Remove, itemOf("Remove", item), nil)
}

// Expire returns the record of an item that DynamoDB deleted because its time to live
// was over.
func (s *Stream) Expire(item any) Record {
	r := s.record("Expire", streamproc.Remove, itemOf("Expire", item), nil)
	r.Expired = true
	return r
}

type item = map[string]types.AttributeValue

func itemOf(method string, v any) item {
	if attributes, ok := v.(item); ok {
		return attributes
	}
	attributes, err := attributevalue.MarshalMapWithOptions(addressable(v), func(o *attributevalue.EncoderOptions) { o.UseEncodingMarshalers = true })
	if err != nil {
		panic(fmt.Sprintf("streamtest: %s: %T is not an item: %v", method, v, err))
	}
	return attributes
}

// addressable returns a pointer to a copy of v, through which methods of pointers are found,
// such as those of a big.Int.
func addressable(v any) any {
	if v == nil {
		return nil
	}
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}

// record makes the next record. One of the images is nil for all but a Modify.
func (s *Stream) record(method string, operation streamproc.Operation, old, image item) Record {
	either := image
	if either == nil {
		either = old
	}
	n := s.count.Add(1)
	r := Record{
		Operation:      operation,
		Keys:           s.keys(method, either),
		SequenceNumber: fmt.Sprintf("1%020d", n),
		Time:           s.opts.Now().Truncate(time.Second),
		ViewType:       s.opts.ViewType,
		id:             fmt.Sprintf("%032x", n),
		table:          s.opts.Table,
	}
	if r.ViewType == streamproc.NewImage || r.ViewType == streamproc.NewAndOldImages {
		r.New = image
	}
	if r.ViewType == streamproc.OldImage || r.ViewType == streamproc.NewAndOldImages {
		r.Old = old
	}
	return r
}

func (s *Stream) keys(method string, attributes item) item {
	keys := item{}
	for _, name := range s.opts.Keys {
		switch v := attributes[name].(type) {
		case *types.AttributeValueMemberS, *types.AttributeValueMemberN, *types.AttributeValueMemberB:
			keys[name] = v
		default:
			panic(fmt.Sprintf("streamtest: %s: the item has no key %q of type S, N or B: see Options.Keys", method, name))
		}
	}
	return keys
}
