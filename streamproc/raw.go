package streamproc

import (
	"math"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

// RawRecord is a record whose images are not decoded, for filters. Its methods read the
// event's bytes. A filter must not keep it after it returns.
type RawRecord struct {
	Operation Operation

	data                                []byte // of the event
	keys, newImage, oldImage            span
	sequence, viewType, created, expiry span
	source, size                        span
	changes                             bool // it has a dynamodb object
}

// span is a part of the event. The zero span is a part that is missing.
type span struct{ from, to int32 }

func spanOf(from, to int) span { return span{int32(from), int32(to)} }

func (s span) in(data []byte) []byte { return data[s.from:s.to] }

// Keys returns the item's key.
func (r *RawRecord) Keys() Image { return Image{r.keys.in(r.data)} }

// New returns the item after the change. It does not exist for a Remove, or if the view
// type has no new image.
func (r *RawRecord) New() Image { return Image{r.newImage.in(r.data)} }

// Old returns the item before the change. It does not exist for an Insert, or if the view
// type has no old image.
func (r *RawRecord) Old() Image { return Image{r.oldImage.in(r.data)} }

// SequenceNumber returns the record's place in its shard, or "" if it is missing.
func (r *RawRecord) SequenceNumber() string { return avjson.Text(nil, r.sequence.in(r.data)) }

// ViewType returns the view type of the stream, or "" if it is missing.
func (r *RawRecord) ViewType() ViewType { return ViewType(avjson.Text(nil, r.viewType.in(r.data))) }

// Time returns the approximate time of the change. DynamoDB rounds it down to the second,
// and Lambda sends it as a number with a decimal point, such as 1671562498.0.
func (r *RawRecord) Time() time.Time {
	seconds, err := strconv.ParseFloat(string(r.created.in(r.data)), 64)
	if err != nil || math.Abs(seconds) > maxSeconds {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

const maxSeconds = 1 << 38 // the year 10680

// SizeBytes returns the size of the key and the images together, as DynamoDB counts, or 0 if
// the event does not say.
func (r *RawRecord) SizeBytes() int {
	bytes, err := strconv.Atoi(string(r.size.in(r.data)))
	if err != nil {
		return 0
	}
	return max(0, bytes)
}

// Expired reports whether DynamoDB deleted the item because its time to live was over.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
func (r *RawRecord) Expired() bool {
	identity := avjson.Object(r.expiry.in(r.data))
	return r.Operation == Remove && avjson.Text(nil, identity.Member("type")) == "Service" && avjson.Text(nil, identity.Member("principalId")) == "dynamodb.amazonaws.com"
}

// parse reads the object at pos and returns the position behind it, or -1.
func (r *RawRecord) parse(pos int) int {
	return avjson.Members(r.data, pos, func(name []byte, value int) int {
		if string(name) == "dynamodb" {
			r.changes = true
			return avjson.Members(r.data, value, r.change)
		}
		end := avjson.SkipValue(r.data, value)
		if end < 0 {
			return -1
		}
		switch string(name) {
		case "eventName":
			r.Operation = operation(r.data[value:end])
		case "eventSource":
			r.source = spanOf(value, end)
		case "userIdentity":
			r.expiry = spanOf(value, end)
		}
		return end
	})
}

// change reads a member of the dynamodb object.
func (r *RawRecord) change(name []byte, value int) int {
	end := avjson.SkipValue(r.data, value)
	if end < 0 || string(r.data[value:end]) == "null" {
		return end
	}
	switch string(name) {
	case "Keys":
		r.keys = spanOf(value, end)
	case "NewImage":
		r.newImage = spanOf(value, end)
	case "OldImage":
		r.oldImage = spanOf(value, end)
	case "SequenceNumber":
		r.sequence = spanOf(value, end)
	case "StreamViewType":
		r.viewType = spanOf(value, end)
	case "ApproximateCreationDateTime":
		r.created = spanOf(value, end)
	case "SizeBytes":
		r.size = spanOf(value, end)
	}
	return end
}

func operation(quoted []byte) Operation {
	switch string(quoted) {
	case `"INSERT"`:
		return Insert
	case `"MODIFY"`:
		return Modify
	case `"REMOVE"`:
		return Remove
	}
	return Operation(avjson.Text(nil, quoted))
}

// Image is an item or its key, as JSON.
type Image struct{ json avjson.Object }

// Exists reports whether the record has the image.
func (m Image) Exists() bool { return len(m.json) > 0 }

// Is reports whether the string attribute name has the given value.
func (m Image) Is(name, value string) bool { return avjson.Is(m.quoted(name), value) }

// String returns the string attribute name, or "" if it is missing, malformed or of
// another type.
func (m Image) String(name string) string { return avjson.Text(nil, m.quoted(name)) }

func (m Image) quoted(name string) []byte {
	quoted, _ := m.json.String("", name)
	return quoted
}

// Values decodes every attribute. A malformed one is a [*MalformedError].
func (m Image) Values() (map[string]types.AttributeValue, error) {
	if !m.Exists() {
		return nil, nil
	}
	values, err := m.json.Values("image")
	return values, public(err)
}
