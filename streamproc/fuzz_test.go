package streamproc_test

import (
	"encoding/json"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

// FuzzDispatch reads its input in each of the ways in which bytes reach the
// package, see [readEveryWay]. It is one target because go test -fuzz takes no more
// than one of a package. Its seeds are short, since go test takes the time of the
// square of an input's length to cut it down.
func FuzzDispatch(f *testing.F) {
	for _, seed := range slices.Concat(seedImages, seedPayloads, seedStrings, seedMetadata) {
		f.Add([]byte(seed))
	}
	f.Fuzz(readEveryWay)
}

// readEveryWay takes data for an event, for an image, for a string in an image, and
// for the JSON of a job's metadata. What is JSON it reads in another spelling too, which
// a fuzzer would be long in finding.
func readEveryWay(t *testing.T, data []byte) {
	checkPayload(t, data)
	checkPayload(t, around(data))
	checkImage(t, data)
	if json.Valid(data) {
		checkImage(t, spellings[crc32.ChecksumIEEE(data)%uint32(len(spellings))].of(data))
	}
	checkString(t, data)
	checkMetadata(t, string(data))
}

// TestLongInputs has what would keep a fuzzer from getting on.
func TestLongInputs(t *testing.T) {
	lists := `{"x":` + strings.Repeat(`{"L":[`, 1200) + strings.Repeat(`]}`, 1200) + `}`
	for name, data := range map[string]string{
		"lists":         lists,
		"event":         string(around([]byte(lists))),
		"maps":          strings.Repeat(`{"a":{"M":`, 1200) + `{}` + strings.Repeat(`}}`, 1200),
		"brackets":      strings.Repeat("[", 100000),
		"cut off":       string(fixture(t, "stream-100-pending")[:3500]),
		"whole":         string(fixture(t, "stream-10-of-100-pending")),
		"a long string": `"` + strings.Repeat(`\u00e9\\`, 10000) + `"`,
	} {
		t.Run(name, func(t *testing.T) { readEveryWay(t, []byte(data)) })
	}
}
