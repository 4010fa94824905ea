package lambdalocal

import (
	"crypto/rand"
	"fmt"
	"time"
)

// newUUID returns a random UUID (version 4), the form of Lambda's request IDs.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newTrace returns the header of a new, unsampled X-Ray trace.
func newTrace() string {
	var b [20]byte
	rand.Read(b[:]) // never fails
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", uint32(time.Now().Unix()), b[:12], b[12:])
}

// newLogStream returns the name of an execution environment's log stream.
func newLogStream() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return fmt.Sprintf("%s[%s]%x", time.Now().UTC().Format("2006/01/02/"), latest, b)
}
