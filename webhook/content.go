package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// content is what a signature covers: {body}, with text and other placeholders
// before and after it.
type content struct {
	head, tail []part
	stops      string // characters that no ID may have, as it would end there
}

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
	whole         []byte // the message, where a key needs it in one piece
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
	c := &content{head: parseParts(head), tail: parseParts(tail)}
	for i, p := range c.head {
		if err := c.end(p, neighbor(c.head, i+1), 0); err != nil {
			return nil, err
		}
	}
	for i, p := range c.tail {
		if err := c.end(p, neighbor(c.tail, i-1), -1); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// end makes sure that what stands for p ends where it should: read from the outside
// inward, at the first character of the text that follows.
func (c *content) end(p, text part, at int) error {
	if p != timestampPart && p != idPart {
		return nil
	}
	if text == "" || text == timestampPart || text == idPart {
		return errors.New("must have text between {id}, {timestamp} and {body}")
	}
	stop := text[(at+len(text))%len(text)]
	if p == idPart {
		c.stops += string([]byte{stop})
	} else if '0' <= stop && stop <= '9' {
		return errors.New("must have text beside {timestamp} that no digit of it can run into")
	}
	return nil
}

func neighbor(parts []part, i int) part {
	if i < 0 || i >= len(parts) {
		return ""
	}
	return parts[i]
}

// id returns the one value of the ID's header.
func (c *content) id(header http.Header, name string) (string, error) {
	id, err := single(header, name)
	if err == nil && slices.ContainsFunc([]byte(id), func(b byte) bool { return strings.IndexByte(c.stops, b) >= 0 }) {
		return "", refusedHeader(ReasonMalformed, name, fmt.Sprintf("%s has one of the characters %q in it, at which it would end", name, c.stops))
	}
	return id, err
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
