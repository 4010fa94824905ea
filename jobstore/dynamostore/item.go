package dynamostore

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

const timeLayout = "2006-01-02T15:04:05.000Z"

// item is a record as DynamoDB has it.
type item map[string]types.AttributeValue

var null types.AttributeValue = &types.AttributeValueMemberNULL{Value: true}

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func boolean(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

func list(v ...types.AttributeValue) types.AttributeValue {
	return &types.AttributeValueMemberL{Value: v}
}

func date(t time.Time) types.AttributeValue { return str(t.UTC().Format(timeLayout)) }

// value returns an attribute, NULL when it is missing.
func (it item) value(name string) types.AttributeValue {
	if v, ok := it[name]; ok {
		return v
	}
	return null
}

// str returns a string, or "" when the attribute is missing or no string.
func (it item) str(name string) string {
	v, _ := it[name].(*types.AttributeValueMemberS)
	if v == nil {
		return ""
	}
	return v.Value
}

// reader reads attributes, of which NULL is missing. It keeps the error of the first
// that is of another type.
type reader struct {
	item
	malformed error
}

// refuse takes note of an attribute of another type.
func (r *reader) refuse(name, want string) { r.refuseAs(name, want, describe(r.item[name])) }

func (r *reader) refuseAs(name, want, got string) {
	if r.malformed == nil {
		r.malformed = driver.Malformed(name, want, got)
	}
}

func (r *reader) str(name string) string {
	switch v := r.value(name).(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberNULL:
	default:
		r.refuse(name, "a string")
	}
	return ""
}

// whole returns a number of at least least, and whether it is there.
func (r *reader) whole(name string, least int64) (int64, bool) {
	switch v := r.value(name).(type) {
	case *types.AttributeValueMemberN:
		if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil && n >= least {
			return n, true
		}
		r.refuse(name, "a whole number of at least "+strconv.FormatInt(least, 10))
	case *types.AttributeValueMemberNULL:
	default:
		r.refuse(name, "a number")
	}
	return 0, false
}

// count returns a number of at least 0, 0 when it is missing.
func (r *reader) count(name string) int {
	n, _ := r.whole(name, 0)
	return int(n)
}

// millis returns a time in milliseconds since 1970, zero when it is missing.
func (r *reader) millis(name string) time.Time {
	ms, ok := r.whole(name, 0)
	if !ok {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (r *reader) bool(name string) bool {
	switch v := r.value(name).(type) {
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberNULL:
	default:
		r.refuse(name, "a bool")
	}
	return false
}

// date returns a date, zero when it is missing or the string is none.
func (r *reader) date(name string) time.Time { return driver.Date(r.str(name)) }

// describe names the type of a value, and never holds it.
func describe(v types.AttributeValue) string {
	switch v.(type) {
	case *types.AttributeValueMemberS:
		return "a string"
	case *types.AttributeValueMemberN:
		return "a number"
	case *types.AttributeValueMemberBOOL:
		return "a bool"
	case *types.AttributeValueMemberB:
		return "binary"
	case *types.AttributeValueMemberL:
		return "a list"
	case *types.AttributeValueMemberM:
		return "a map"
	case nil, *types.AttributeValueMemberNULL:
		return "missing"
	}
	return "a set"
}
