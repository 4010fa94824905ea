package memstore

import "fmt"

// Format implements [fmt.Formatter], so that printing a store shows no job.
func (s *Store[In, Out]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprint(f, "memstore.Store")
}
