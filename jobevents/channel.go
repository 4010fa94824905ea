package jobevents

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/asyncpatterns/asyncpatterns/internal/pairid"
)

// plain is a segment of a channel as AppSync takes it, hashed is what [Segment] makes of
// other texts.
//
// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
var (
	plain  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?$`)
	hashed = regexp.MustCompile(`^h-[0-9a-f]{48}$`)
)

// Segment returns the segment of a channel for any text, such as a job's ID. A text of 1 to
// 50 letters, digits and dashes, with no dash at its ends, is its own segment, as are the
// IDs that a store makes. The segment of any other text is "h-" and the first 48 hexadecimal
// digits of the text's SHA-256, in lower case. So is that of a text that looks like this
// already: no two texts share a segment.
func Segment(text string) string {
	if plain.MatchString(text) && !hashed.MatchString(text) {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "h-" + hex.EncodeToString(sum[:24])
}

// Path returns the channel of a namespace with the [Segment] of each text, such as
// "/jobs/0199d2a4-3b1c-7c55-8d5e-3c9a4f0c1b2d".
func Path(namespace string, texts ...string) string {
	path := "/" + namespace
	for _, text := range texts {
		path += "/" + Segment(text)
	}
	return path
}

// maxSegments are those of a channel, its namespace included.
const maxSegments = 5

// ByJob is the default of [Options.Channel]: /jobs/<id>.
func ByJob(id, _ string) []string { return []string{id} }

// ByCaller gives each job the channel /jobs/<caller>/<id>, so that a namespace's onSubscribe
// handler can compare the caller with who subscribes. A user who may subscribe to
// /jobs/<caller>/* sees all of their jobs. A job without a caller is not published.
//
// Where users choose their names, the handler must refuse a name that begins with "h-": it
// could be the [Segment] of another caller.
func ByCaller(id, caller string) []string {
	if caller == "" {
		return nil
	}
	return []string{caller, id}
}

// ByPartition gives each job of a table with a Layout.Partition, such as the tenant's, the
// channel /jobs/<partition>/<id>, so that a namespace's onSubscribe handler can compare the
// partition with the tenant of who subscribes. The warning of [ByCaller] about names that
// begin with "h-" is for partitions too. A job without a partition is not published.
func ByPartition(id, _ string) []string {
	partition, id, ok := pairid.Split(id)
	if !ok {
		return nil
	}
	return []string{partition, id}
}

// channel returns the channel of a job, or "" if it is not published.
func (o *Options) channel(id, caller string) (string, error) {
	texts := o.Channel(id, caller)
	switch n := len(texts); {
	case texts == nil:
		return "", nil
	case n == 0 || n >= maxSegments:
		return "", fmt.Errorf("Options.Channel returned %d segments, want 1 to %d", n, maxSegments-1)
	}
	return Path(o.Namespace, texts...), nil
}
