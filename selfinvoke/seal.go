package selfinvoke

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"
)

const (
	minKey = 16              // bytes
	skew   = 5 * time.Minute // how far the clock of another invocation may be ahead
)

// keys seal envelopes: the first makes the MAC, each may have made it.
type keys [][]byte

func (k keys) check() error {
	if k != nil && len(k) == 0 {
		return errors.New("Options.Keys is empty, want a key, or nil for envelopes that are not sealed")
	}
	for i, key := range k {
		if len(key) < minKey {
			return fmt.Errorf("Options.Keys: key %d of %d has %d bytes, want at least %d", i+1, len(k), len(key), minKey)
		}
	}
	return nil
}

// seal signs e. Without keys it does nothing.
func (k keys) seal(e *envelope) {
	if len(k) > 0 {
		e.Trace, e.Metadata = asSent(e.Trace), asSent(e.Metadata)
		e.MAC = hex.EncodeToString(e.sum(k[0]))
	}
}

// asSent returns m as it arrives: encoding/json writes U+FFFD for each byte that
// is no UTF-8, and a seal over the byte would not match.
func asSent(m map[string]string) map[string]string {
	sent := make(map[string]string, len(m))
	for name, value := range m {
		sent[string([]rune(name))] = string([]rune(value))
	}
	return sent
}

// verify refuses an envelope that was not sealed, or too long ago. Without keys
// every envelope passes.
func (k keys) verify(e *envelope, maxAge time.Duration) error {
	if len(k) == 0 {
		return nil
	}
	mac, err := hex.DecodeString(e.MAC)
	if err != nil || len(mac) == 0 {
		return fmt.Errorf("%w: it is not sealed", ErrEnvelope)
	}
	if !slices.ContainsFunc(k, func(key []byte) bool { return hmac.Equal(mac, e.sum(key)) }) {
		return fmt.Errorf("%w: its seal does not match", ErrEnvelope)
	}
	if age := time.Since(time.UnixMilli(e.Time)); age > maxAge || age < -skew {
		return fmt.Errorf("%w: it was sealed %v ago, want at most %v", ErrEnvelope, age.Round(time.Second), maxAge)
	}
	return nil
}

// sum is an HMAC with SHA-256 over every field, each with its length before it.
func (e *envelope) sum(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	add(mac, []byte("selfinvoke"))
	for _, n := range []int64{int64(e.Version), int64(e.Hop), e.Time} {
		add(mac, binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
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
