package selfinvoke

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/mackey"
)

const skew = 5 * time.Minute // how far another invocation's clock may be ahead

// Keys seal envelopes with an HMAC over all their fields. Make them with
// [NewKeys]; the zero value seals nothing.
type Keys struct {
	// A func, because fmt prints the unexported fields of a struct without asking Format,
	// and with some verbs what a pointer points to. Of a func it prints the address.
	list func() [][]byte
}

// NewKeys returns keys for [Options.Keys]. The first one seals, and an envelope
// that any of them sealed is accepted. To rotate, add the new key at the end and
// deploy, make it the first and deploy again, then remove the old one, [Options].MaxAge
// later: events that it has sealed may wait in Lambda's queue for so long.
//
// NewKeys fails when there are no keys, and when one was not generated: it has fewer than
// 16 bytes, or fewer than 4 that differ, as a buffer that was never filled has, or is a text that
// stands for a key, such as a reference that a template has left.
func NewKeys(keys ...[]byte) (Keys, error) {
	own, err := mackey.Copy(keys)
	if err != nil {
		return Keys{}, fmt.Errorf("selfinvoke: NewKeys: %w", err)
	}
	return Keys{func() [][]byte { return own }}, nil
}

// Format implements [fmt.Formatter], so that printing keys does not show them.
func (k Keys) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "selfinvoke.Keys(%d)", len(k.all()))
}

func (k Keys) all() [][]byte {
	if k.list == nil {
		return nil
	}
	return k.list()
}

// seal signs e.
func (k Keys) seal(e *envelope) {
	e.Trace, e.Metadata = asSent(e.Trace), asSent(e.Metadata)
	e.MAC = hex.EncodeToString(e.sum(k.all()[0]))
}

// asSent returns m as the task will read it. encoding/json replaces bytes that are
// not UTF-8 by U+FFFD, and a seal over the original bytes would not match.
func asSent(m map[string]string) map[string]string {
	sent := make(map[string]string, len(m))
	for name, value := range m {
		sent[string([]rune(name))] = string([]rune(value))
	}
	return sent
}

// verify refuses an envelope that is not sealed, or was sealed too long ago.
func (k Keys) verify(e *envelope, maxAge time.Duration) error {
	mac, err := hex.DecodeString(e.MAC)
	if err != nil || len(mac) == 0 {
		return fmt.Errorf("%w: it is not sealed", ErrEnvelope)
	}
	if !slices.ContainsFunc(k.all(), func(key []byte) bool { return hmac.Equal(mac, e.sum(key)) }) {
		return fmt.Errorf("%w: its seal does not match", ErrEnvelope)
	}
	if age := time.Since(time.UnixMilli(e.Time)); age > maxAge || age < -skew {
		return fmt.Errorf("%w: it was sealed %v ago, want at most %v", ErrEnvelope, age.Round(time.Second), maxAge)
	}
	return nil
}

// sum is an HMAC-SHA-256 over every field, each prefixed with its length.
func (e *envelope) sum(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	add(mac, []byte("selfinvoke"))
	for _, n := range []int64{int64(e.Version), int64(e.Hop), e.Time} {
		add(mac, binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	add(mac, []byte(e.Audience))
	add(mac, []byte(e.Task))
	add(mac, []byte(e.ID))
	addMap(mac, e.Trace)
	addMap(mac, e.Metadata)
	add(mac, e.Payload)
	return mac.Sum(nil)
}

func add(h hash.Hash, field []byte) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
	h.Write(field)
}

func addMap(h hash.Hash, m map[string]string) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(m))))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		add(h, []byte(name))
		add(h, []byte(m[name]))
	}
}
