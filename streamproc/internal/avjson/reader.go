package avjson

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxDepth is far above the 32 levels that DynamoDB allows.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxDepth = 1000

// reader decodes attribute values, which are objects with exactly one type tag.
// attributevalue.UnmarshalMapJSON accepts malformed ones without an error.
type reader struct {
	data  []byte
	arena *strings.Builder
}

// attribute reads the attribute value at pos and returns the position behind it. Without
// build it only checks the value.
func (r *reader) attribute(pos, depth int, build bool) (types.AttributeValue, int, *Malformed) {
	tag, value, err := r.tag(pos)
	if err != nil {
		return nil, -1, err
	}
	v, end, err := r.tagged(tag, value, depth, build)
	if err != nil {
		return nil, -1, err
	}
	if end, err = r.close(end); err != nil {
		return nil, -1, err
	}
	return v, end, nil
}

// tag reads the type tag, and returns the position of its value.
func (r *reader) tag(pos int) (tag []byte, value int, err *Malformed) {
	if d := r.data[min(pos, len(r.data)):]; len(d) > 6 && d[0] == '{' && d[1] == '"' && d[3] == '"' && d[4] == ':' && d[2] != '\\' && d[5] > ' ' {
		return d[2:3], pos + 5, nil // {"S": with any letter, as Lambda writes it
	}
	if pos = openBracket(r.data, pos, '{'); pos < 0 {
		return nil, -1, &Malformed{Problem: "is not an attribute value"}
	}
	if r.data[pos] == '}' {
		return nil, -1, &Malformed{Problem: "has 0 type tags, want 1"}
	}
	if tag, value = member(r.data, pos); value < 0 || value >= len(r.data) {
		return nil, -1, &Malformed{Problem: "is not an attribute value"}
	}
	if !verbatim(tag) {
		tag = []byte(Name(tag))
	}
	return tag, value, nil
}

// close expects the end of an attribute value.
func (r *reader) close(pos int) (int, *Malformed) {
	if pos = SkipSpace(r.data, pos); pos >= len(r.data) || r.data[pos] != '}' {
		return -1, &Malformed{Problem: "has more than 1 type tag, or is cut off"}
	}
	return pos + 1, nil
}

func (r *reader) tagged(tag []byte, pos, depth int, build bool) (v types.AttributeValue, end int, err *Malformed) {
	if !build && (string(tag) == "S" || string(tag) == "N") {
		_, end, ok := r.str(pos, false)
		if !ok {
			return nil, -1, wrong(string(tag))
		}
		return nil, end, nil
	}
	switch string(tag) {
	case "S":
		s, end, ok := r.str(pos, build)
		return &types.AttributeValueMemberS{Value: s}, end, unless(ok, "S")
	case "N":
		n, end, ok := r.str(pos, build)
		return &types.AttributeValueMemberN{Value: n}, end, unless(ok, "N")
	case "B":
		b, end, ok := r.binary(pos)
		return &types.AttributeValueMemberB{Value: b}, end, unless(ok, "B")
	case "BOOL":
		b, end, ok := r.boolean(pos)
		return &types.AttributeValueMemberBOOL{Value: b}, end, unless(ok, "BOOL")
	case "NULL":
		b, end, ok := r.boolean(pos)
		return &types.AttributeValueMemberNULL{Value: b}, end, unless(ok, "NULL")
	case "SS":
		ss, end, ok := r.strs(pos)
		return &types.AttributeValueMemberSS{Value: ss}, end, unless(ok, "SS")
	case "NS":
		ns, end, ok := r.strs(pos)
		return &types.AttributeValueMemberNS{Value: ns}, end, unless(ok, "NS")
	case "BS":
		bs, end, ok := r.binaries(pos)
		return &types.AttributeValueMemberBS{Value: bs}, end, unless(ok, "BS")
	case "L":
		l, end, err := r.list(pos, depth+1, build)
		return &types.AttributeValueMemberL{Value: l}, end, err
	case "M":
		m, end, err := r.object(pos, depth+1, build)
		return &types.AttributeValueMemberM{Value: m}, end, err
	}
	return nil, -1, &Malformed{Problem: "has the unknown type tag " + strconv.Quote(string(tag))}
}

// quoted returns the JSON string at pos with its quotation marks.
func (r *reader) quoted(pos int) []byte {
	if pos >= len(r.data) || r.data[pos] != '"' {
		return nil
	}
	end := skipString(r.data, pos)
	if end < 0 {
		return nil
	}
	return r.data[pos:end]
}

func (r *reader) str(pos int, build bool) (s string, end int, ok bool) {
	if build {
		if plain := r.plain(pos); plain != nil {
			return r.copy(plain), pos + len(plain) + 2, true
		}
	}
	quoted := r.quoted(pos)
	if quoted == nil {
		return "", -1, false
	}
	end = pos + len(quoted)
	if !build {
		return "", end, true
	}
	s, ok = unquote(r.arena, quoted)
	return s, end, ok
}

// plain returns the inside of the JSON string at pos if all of it stands for itself, or
// nil.
func (r *reader) plain(pos int) []byte {
	if pos >= len(r.data) || r.data[pos] != '"' {
		return nil
	}
	body := r.data[pos+1:]
	n := plainPrefix(body)
	if n == len(body) || body[n] != '"' {
		return nil
	}
	return body[:n]
}

// copy returns a string that does not share the event's memory.
func (r *reader) copy(b []byte) string {
	if r.arena == nil {
		return string(b)
	}
	start := r.arena.Len()
	r.arena.Write(b)
	return r.arena.String()[start:]
}

func (r *reader) binary(pos int) (b []byte, end int, ok bool) {
	quoted := r.quoted(pos)
	if quoted == nil {
		return nil, -1, false
	}
	s, ok := unquote(nil, quoted)
	if !ok {
		return nil, -1, false
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return b, pos + len(quoted), err == nil
}

func (r *reader) boolean(pos int) (b bool, end int, ok bool) {
	end = skipLiteral(r.data, pos)
	if end < 0 {
		return false, -1, false
	}
	literal := string(r.data[pos:end])
	return literal == "true", end, literal == "true" || literal == "false"
}

func (r *reader) strs(pos int) (all []string, end int, ok bool) {
	all = []string{}
	end = Elements(r.data, pos, func(at int) int {
		s, end, ok := r.str(at, true)
		if !ok {
			return -1
		}
		all = append(all, s)
		return end
	})
	return all, end, end >= 0
}

func (r *reader) binaries(pos int) (all [][]byte, end int, ok bool) {
	all = [][]byte{}
	end = Elements(r.data, pos, func(at int) int {
		b, end, ok := r.binary(at)
		if !ok {
			return -1
		}
		all = append(all, b)
		return end
	})
	return all, end, end >= 0
}

func (r *reader) list(pos, depth int, build bool) (l []types.AttributeValue, end int, err *Malformed) {
	if depth > maxDepth {
		return nil, -1, &Malformed{Problem: "is nested too deep"}
	}
	l = []types.AttributeValue{}
	n := 0
	end = Elements(r.data, pos, func(at int) (end int) {
		var v types.AttributeValue
		if v, end, err = r.attribute(at, depth, build); err != nil {
			err = under("["+strconv.Itoa(n)+"]", err)
			return -1
		}
		if n++; build {
			l = append(l, v)
		}
		return end
	})
	if err == nil && end < 0 {
		err = wrong("L")
	}
	return l, end, err
}

func (r *reader) object(pos, depth int, build bool) (m map[string]types.AttributeValue, end int, err *Malformed) {
	if depth > maxDepth {
		return nil, -1, &Malformed{Problem: "is nested too deep"}
	}
	if build {
		m = map[string]types.AttributeValue{}
	}
	end = Members(r.data, pos, func(name []byte, at int) (end int) {
		var v types.AttributeValue
		if v, end, err = r.attribute(at, depth, build); err != nil {
			err = under("."+Name(name), err)
			return -1
		}
		if build {
			m[Name(name)] = v
		}
		return end
	})
	if err == nil && end < 0 {
		err = wrong("M")
	}
	return m, end, err
}
