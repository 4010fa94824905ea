package jobhttp

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// jobID returns the ID of the job that caller creates under an idempotency key, or none
// without a key. It is a hash of both, so that callers cannot reach each other's keys.
func jobID(caller, key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("jobhttp key " + strconv.Itoa(len(caller)) + " " + caller + key))
	return hex.EncodeToString(sum[:16])
}
