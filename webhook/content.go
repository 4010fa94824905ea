package webhook

import (
	"errors"
	"strings"
)

// content is what a signature covers: {body}, with text and other placeholders
// before and after it.
type content struct{ head, tail []part }

// part is a placeholder or text.
type part string

const (
	bodyPart      part = "{body}"
	timestampPart part = "{timestamp}"
	idPart        part = "{id}"
)

// signed are the values of the placeholders.
type signed struct {
	timestamp, id string
	body          []byte
}

func (s signed) append(dst []byte, parts []part) []byte {
	for _, p := range parts {
		switch p {
		case timestampPart:
			dst = append(dst, s.timestamp...)
		case idPart:
			dst = append(dst, s.id...)
		case bodyPart:
			dst = append(dst, s.body...)
		default:
			dst = append(dst, p...)
		}
	}
	return dst
}

// message returns all that is signed.
func (c *content) message(s signed) []byte {
	const room = 256 // for what is not the body
	head := s.append(make([]byte, 0, len(s.body)+room), c.head)
	return s.append(append(head, s.body...), c.tail)
}

func parseContent(template string) (*content, error) {
	head, tail, ok := strings.Cut(template, string(bodyPart))
	if !ok || strings.Contains(tail, string(bodyPart)) {
		return nil, errors.New("must hold {body} once")
	}
	return &content{head: parseParts(head), tail: parseParts(tail)}, nil
}

func parseParts(template string) []part {
	var parts []part
	for template != "" {
		next := len(template)
		for _, p := range []part{timestampPart, idPart} {
			if strings.HasPrefix(template, string(p)) {
				next = len(p)
				break
			}
			if at := strings.Index(template, string(p)); at >= 0 {
				next = min(next, at)
			}
		}
		parts, template = append(parts, part(template[:next])), template[next:]
	}
	return parts
}

func (c *content) has(p part) bool {
	for _, parts := range [][]part{c.head, c.tail} {
		for _, q := range parts {
			if p == q {
				return true
			}
		}
	}
	return false
}
