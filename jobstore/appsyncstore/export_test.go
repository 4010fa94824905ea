package appsyncstore

import "time"

// Hurry shortens the waits for reads that lag. Those of the simulator do not.
func (s *Store[In, Out]) Hurry() { s.reread = 5 * time.Millisecond }
