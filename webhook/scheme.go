package webhook

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scheme is how a provider signs its webhooks with an HMAC, for [NewHMAC]. Only
// Provider and Signature are required.
//
//	webhook.Scheme{
//		Provider:  "acme",
//		Signature: "X-Acme-Signature", // sha256=… of the time and the body
//		Prefix:    "sha256=",
//		Timestamp: "X-Acme-Timestamp",
//		Content:   "{timestamp}.{body}",
//		ID:        "X-Acme-Delivery",
//	}
type Scheme struct {
	// Provider is its name, for [Delivery.Provider].
	Provider string

	// Signature is the header of the signature. Before the signature, written as
	// Encoding says, stands Prefix.
	Signature string
	Prefix    string
	Encoding  Encoding

	// Hash is the hash of the HMAC. Default [sha256.New].
	Hash func() hash.Hash

	// Content is what is signed, with {body} once, and {timestamp} and {id} where
	// they are signed too. Default "{body}".
	Content string

	// Timestamp is the header of the time stamp, in seconds since 1970. It must
	// be signed: else it would protect from nothing.
	Timestamp string

	// ID and Type are the headers of the event's ID and type. Without ID, the ID is
	// made of the body, see [Delivery.ID].
	ID, Type string
}

// NewHMAC returns a verifier for a scheme, with its shared secret. It refuses an
// empty secret and a scheme without sense.
func NewHMAC(secret string, scheme Scheme, opts ...func(*Options)) (*Verifier, error) {
	s, o, err := scheme.compile(secret, opts)
	if err != nil {
		return nil, err
	}
	return newVerifier(s, o), nil
}

// hmacScheme is a compiled Scheme.
type hmacScheme struct {
	named
	Scheme
	content *content
	keys    []*key
}

func (s Scheme) compile(secret string, opts []func(*Options)) (*hmacScheme, Options, error) {
	o, err := options(opts)
	if err != nil {
		return nil, o, err
	}
	if s.Hash == nil {
		s.Hash = sha256.New
	}
	c, err := s.check()
	if err != nil {
		return nil, o, err
	}
	for _, name := range []*string{&s.Signature, &s.Timestamp, &s.ID, &s.Type} {
		*name = http.CanonicalHeaderKey(*name)
	}
	ks, err := keys(secret, o, func(secret string) (*key, error) { return newKey([]byte(secret), s.Hash), nil })
	return &hmacScheme{named: named(s.Provider), Scheme: s, content: c, keys: ks}, o, err
}

func (s Scheme) check() (*content, error) {
	c, err := parseContent(cmp.Or(s.Content, string(bodyPart)))
	var wrong string
	switch {
	case s.Provider == "":
		wrong = "Provider is empty"
	case s.Signature == "":
		wrong = "Signature, the name of a header, is empty"
	case s.Encoding != Hex && s.Encoding != Base64:
		wrong = "Encoding is neither Hex nor Base64"
	case err != nil:
		wrong = "Content " + err.Error()
	case c.has(timestampPart) != (s.Timestamp != ""):
		wrong = "Content must hold {timestamp} if and only if Timestamp names its header"
	case c.has(idPart) && s.ID == "":
		wrong = "Content holds {id}, and ID names no header"
	default:
		return c, nil
	}
	return nil, errors.New("webhook: Scheme: " + wrong)
}

func (s *hmacScheme) verify(o *Options, header http.Header, body []byte) (Delivery, error) {
	d := Delivery{eventType: s.first(header, s.Type)}
	signature, err := single(header, s.Signature)
	if err != nil {
		return d, err
	}
	what, err := s.signed(header, body)
	if err != nil {
		return d, err
	}
	if s.Timestamp != "" {
		if d.Time, err = o.timely(what.timestamp); err != nil {
			return d, err
		}
	}
	given, ok := strings.CutPrefix(signature, s.Prefix)
	if !ok || !matches(s.keys, s.Encoding, s.content, what, given) {
		return d, mismatch(s.Signature)
	}
	d.id = what.id
	return d, nil
}

func mismatch(header string) error {
	return fmt.Errorf("%w: %s does not match", ErrSignature, header)
}

// signed reads the headers that belong to what is signed, and the ID.
func (s *hmacScheme) signed(header http.Header, body []byte) (what signed, err error) {
	what.body = body
	if s.Timestamp != "" {
		if what.timestamp, err = single(header, s.Timestamp); err != nil {
			return what, err
		}
	}
	if s.content.has(idPart) {
		what.id, err = single(header, s.ID)
	} else {
		what.id = s.first(header, s.ID)
	}
	return what, err
}

func (s *hmacScheme) first(header http.Header, name string) string {
	if name == "" {
		return ""
	}
	return first(header, name)
}

func (s *hmacScheme) sign(header http.Header, at time.Time, body []byte) error {
	if s.Timestamp != "" {
		header.Set(s.Timestamp, strconv.FormatInt(at.Unix(), 10))
	}
	what, err := s.signed(header, body)
	if err != nil {
		return err
	}
	header.Set(s.Signature, string(s.keys[0].append([]byte(s.Prefix), s.Encoding, s.content, what)))
	return nil
}
