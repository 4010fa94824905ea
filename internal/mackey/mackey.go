// Package mackey checks the keys of an HMAC, which come from configuration.
package mackey

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/secrettext"
)

const (
	minKey       = 16 // bytes
	minDifferent = 4  // bytes; 16 random hexadecimal digits have fewer about once in a billion times
)

// Copy returns a copy of keys, since the caller may clear its own. It fails when there are
// none, and when one was not generated.
func Copy(keys [][]byte) ([][]byte, error) {
	if len(keys) == 0 {
		return nil, errors.New("there are no keys, want at least 1")
	}
	own := make([][]byte, len(keys))
	for i, key := range keys {
		own[i] = bytes.Clone(key)
		if err := check(key); err != nil {
			return nil, fmt.Errorf("key %d of %d %w", i+1, len(keys), err)
		}
	}
	return own, nil
}

// check refuses a text that stands for a key too, such as a reference that a template has left:
// who has the template knows it.
func check(key []byte) error {
	different := map[byte]bool{}
	for _, b := range key {
		different[b] = true
	}
	switch {
	case len(key) < minKey:
		return fmt.Errorf("has %d bytes, want at least %d", len(key), minKey)
	case len(different) < minDifferent:
		return fmt.Errorf("was not generated: it has fewer than %d different bytes", minDifferent)
	case secrettext.Repeats(string(key)):
		return errors.New("was not generated: it is a word that repeats")
	case !secrettext.IsText(string(key)):
		return nil
	}
	if what, _, _ := strings.Cut(secrettext.Mistake(string(key)), ":"); what != "" { // the rest says where a webhook's belongs
		return errors.New(what)
	}
	return nil
}
