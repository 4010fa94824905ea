// Package pairid is the ID of a job whose record has a key of two fields: partition:id.
// The partition may have a colon, the ID may not, so that an ID is split in one way.
package pairid

import "strings"

// Join returns the ID of a record with these keys, and false when one is empty or id has
// a colon.
func Join(partition, id string) (string, bool) {
	if partition == "" || id == "" || strings.Contains(id, ":") {
		return "", false
	}
	return partition + ":" + id, true
}

// Split returns the keys of the record with this ID, and false when one is missing.
func Split(joined string) (partition, id string, ok bool) {
	at := strings.LastIndexByte(joined, ':')
	if at <= 0 || at == len(joined)-1 {
		return "", "", false
	}
	return joined[:at], joined[at+1:], true
}
