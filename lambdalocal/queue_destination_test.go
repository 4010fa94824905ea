package lambdalocal_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// plain is a handler whose response is not JSON, as an executable's may be.
type plain struct{}

func (plain) Invoke(context.Context, []byte) ([]byte, error) { return []byte("as it is"), nil }

func TestRecordOfAResponseThatIsNoJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s := &sink{}
		add(t, local, "f", plain{}, s.options)
		enqueue(t, local, "f", "")
		synctest.Wait()
		if got := s.only(t); !strings.Contains(got, `"responsePayload":"as it is"`) {
			t.Errorf("got %s", got)
		}
	})
}

// TestRecordOfAnEventThatFailedAndWasThrottled: the record is of the attempt that
// ran, the dead letter of the last.
func TestRecordOfAnEventThatFailedAndWasThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s := &sink{}
		add(t, local, "f", func(n int) error {
			if n == 1 {
				return &problem{"no luck"}
			}
			time.Sleep(time.Hour)
			return nil
		}, s.options, func(o *lambdalocal.FunctionOptions) {
			o.ReservedConcurrency, o.Timeout, o.MaximumEventAge, o.OnSuccess = 1, 90*time.Minute, 10*time.Minute, nil
		})
		enqueue(t, local, "f", "1")
		synctest.Wait()
		enqueue(t, local, "f", "2")
		pass(2 * time.Hour)
		want := `"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":{"errorMessage":"no luck","errorType":"problem"}}`
		if got := s.only(t); !strings.Contains(got, `"EventAgeExceeded","approximateInvokeCount":1`) || !strings.HasSuffix(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if s.dead[0].ErrorCode != 429 {
			t.Errorf("the dead letter is %+v", s.dead[0])
		}
	})
}

func TestDeadLetterCutsItsMessageBetweenCharacters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		s := &sink{}
		add(t, local, "f", func() error { return &problem{"a" + strings.Repeat("é", 1<<10)} }, s.options, func(o *lambdalocal.FunctionOptions) {
			o.OnSuccess, o.MaximumRetryAttempts = nil, 0
		})
		enqueue(t, local, "f", "1")
		synctest.Wait()
		if want := "a" + strings.Repeat("é", 511); s.dead[0].ErrorMessage != want {
			t.Errorf("got %d bytes, ending in %q", len(s.dead[0].ErrorMessage), s.dead[0].ErrorMessage[1000:])
		}
	})
}
