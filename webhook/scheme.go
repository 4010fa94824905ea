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

// Scheme describes how a provider signs its webhooks with an HMAC, for [NewHMAC].
// Only Provider and Signature are required.
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
	// Provider is the provider's name, for [Delivery.Provider].
	Provider string

	// Signature names the header of the signature. Its value is Prefix and then the
	// signature in Encoding.
	Signature string
	Prefix    string
	Encoding  Encoding

	// Hash is the HMAC's hash, of 16 bytes or more. Default [sha256.New].
	Hash func() hash.Hash

	// Content is what is signed: {body} once, with {timestamp} and {id} if they are
	// signed too. Default "{body}". There must be text between them, so that no digits of
	// a timestamp can be moved into the body: with {timestamp}{body}, one signature is good
	// for several of each. An ID that has the character in it at which it would end
	// is refused.
	Content string

	// Timestamp names the header of the timestamp, in seconds since 1970. It must be
	// signed, as it would protect from nothing otherwise.
	Timestamp string

	// ID and Type name the headers of the event's ID and type. The type is never
	// signed, and the ID only if Content has {id}, see [Unsigned]. Without a signed ID,
	// that of the delivery is made from the body.
	ID, Type string
}

// NewHMAC returns a verifier for a scheme, with its shared secret. An empty secret
// and a scheme that makes no sense are errors, as both may come from configuration.
func NewHMAC(secret string, scheme Scheme, opts ...func(*Options)) (*Verifier, error) {
	form := issued{hmacSecret, defaultMaxBody}
	return newHMAC("NewHMAC", secret, scheme, form, opts, func(s *hmacScheme) provider { return s })
}

// issued is what is known of a provider besides its scheme.
type issued struct {
	secrets secretForm
	maxBody int
}

// hmacScheme is a compiled Scheme.
type hmacScheme struct {
	named
	Scheme
	clock
	content *content
	keys    []*key
}

// newHMAC returns a verifier for the provider of a compiled scheme.
func newHMAC(constructor, secret string, s Scheme, by issued, opts []func(*Options), of func(*hmacScheme) provider) (*Verifier, error) {
	o := newOptions(constructor, s.Timestamp != "", by.maxBody, opts)
	if s.Hash == nil {
		s.Hash = sha256.New
	}
	c, err := s.check()
	if err != nil {
		return nil, fmt.Errorf("webhook: %s: Scheme.%w", constructor, err)
	}
	for _, name := range []*string{&s.Signature, &s.Timestamp, &s.ID, &s.Type} {
		*name = http.CanonicalHeaderKey(*name)
	}
	ks, err := keys(constructor, secret, o, by.secrets, func(secret string) (*key, error) { return newKey([]byte(secret), s.Hash), nil })
	if err != nil {
		return nil, err
	}
	compiled := &hmacScheme{named: named(s.Provider), Scheme: s, clock: o.clock(), content: c, keys: ks}
	return o.verifier(of(compiled)), nil
}

// minHash is the size of MD5. As an HMAC's hash it is not broken; a checksum is.
const minHash = 16

func (s Scheme) check() (*content, error) {
	c, err := parseContent(cmp.Or(s.Content, string(bodyPart)))
	var wrong string
	switch {
	case s.Provider == "":
		wrong = "Provider is empty"
	case s.Signature == "":
		wrong = "Signature, the name of a header, is empty"
	case !isHeaderName(s.Signature):
		wrong = fmt.Sprintf("Signature is %q, which is not the name of a header", s.Signature)
	case s.Timestamp != "" && !isHeaderName(s.Timestamp):
		wrong = fmt.Sprintf("Timestamp is %q, which is not the name of a header", s.Timestamp)
	case s.ID != "" && !isHeaderName(s.ID):
		wrong = fmt.Sprintf("ID is %q, which is not the name of a header", s.ID)
	case s.Type != "" && !isHeaderName(s.Type):
		wrong = fmt.Sprintf("Type is %q, which is not the name of a header", s.Type)
	case strings.EqualFold(s.Timestamp, s.Signature), strings.EqualFold(s.ID, s.Signature), strings.EqualFold(s.Type, s.Signature):
		wrong = "Signature names the header of something else too" // which is logged
	case s.Encoding != Hex && s.Encoding != Base64:
		wrong = "Encoding is neither Hex nor Base64"
	case s.Hash().Size() < minHash:
		wrong = fmt.Sprintf("Hash makes %d bytes, want at least %d", s.Hash().Size(), minHash)
	case s.Hash().BlockSize() < s.Hash().Size(): // an HMAC takes no more of its key than a block
		wrong = fmt.Sprintf("Hash has blocks of %d bytes, so it is a checksum", s.Hash().BlockSize())
	case err != nil:
		wrong = "Content " + err.Error()
	case c.has(timestampPart) != (s.Timestamp != ""):
		wrong = "Content must hold {timestamp} if and only if Timestamp names its header"
	case c.has(idPart) && s.ID == "":
		wrong = "Content holds {id}, and ID names no header"
	default:
		return c, nil
	}
	return nil, errors.New(wrong)
}

func (s *hmacScheme) verify(header http.Header, body []byte) (Delivery, error) {
	d := Delivery{Unsigned: Unsigned{Type: s.first(header, s.Type)}}
	signature, err := single(header, s.Signature)
	if err != nil {
		return d, err
	}
	what, err := s.signed(header, body)
	if err != nil {
		return d, err
	}
	if s.Timestamp != "" {
		if d.Time, err = s.timely(s.Timestamp, what.timestamp); err != nil {
			return d, err
		}
	}
	given, ok := strings.CutPrefix(signature, s.Prefix)
	if !ok {
		return d, refusedHeader(ReasonMalformed, s.Signature, s.Signature+" does not begin with "+s.Prefix)
	}
	if !matches(s.keys, s.Encoding, s.content, what, given) {
		return d, mismatch(s.Signature)
	}
	if d.Unsigned.ID = s.first(header, s.ID); s.content.has(idPart) {
		d.id, d.Unsigned.ID = what.id, ""
	}
	return d, nil
}

// signed reads the headers that belong to what is signed.
func (s *hmacScheme) signed(header http.Header, body []byte) (what signed, err error) {
	what.body = body
	if s.Timestamp != "" {
		if what.timestamp, err = single(header, s.Timestamp); err != nil {
			return what, err
		}
	}
	if s.content.has(idPart) {
		what.id, err = s.content.id(header, s.ID)
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
