package tests

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

func TestAuditReportsWhatItCouldNotWrite(t *testing.T) {
	var written []string
	audit := newAudit(func(id, from, to string) error {
		if to == "error" {
			return errors.New("throttled")
		}
		written = append(written, id+" "+from+" "+to)
		return nil
	})
	stream := streamtest.New()
	batch := []streamtest.Record{
		stream.Insert(change{"1", "pending"}), // not a change of status
		stream.Modify(change{"1", "pending"}, change{"1", "processing"}),
		stream.Modify(change{"1", "processing"}, change{"1", "error"}),
	}
	out, err := audit.Invoke(t.Context(), streamtest.Payload(batch...))
	if err != nil || !strings.Contains(string(out), batch[2].SequenceNumber) {
		t.Errorf("the response is %s, %v", out, err)
	}
	if got := strings.Join(written, ", "); got != "1 pending processing" {
		t.Errorf("the audit has %s", got)
	}
}
