package lambdalocal_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// aged is record n of an item of its own that was created at that time.
func aged(n int, created time.Time) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"eventSourceARN":"arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388",
		"dynamodb":{"SequenceNumber":"%d","Keys":{"id":{"N":"%[1]d"}},"ApproximateCreationDateTime":%d}}`, n, created.Unix()))
}

func TestMappingRecordAge(t *testing.T) {
	tests := map[string]struct {
		age     time.Duration
		created []time.Duration // before now; below 0: not said
		fails   bool
		batches string // the last
		gone    string
		log     string // "" is nothing of lost records
	}{
		"young":                   {time.Minute, []time.Duration{0, time.Minute}, false, "1+2", "", ""},
		"old":                     {time.Minute, []time.Duration{time.Hour, 61 * time.Second, time.Minute}, false, "3", "1+2", ""},
		"no time":                 {time.Minute, []time.Duration{-1, time.Hour}, false, "1", "2", ""},
		"no limit":                {-1, []time.Duration{23 * time.Hour}, false, "1", "", ""},
		"no limit, but retention": {-1, []time.Duration{25 * time.Hour, time.Hour}, false, "2", "", "records lost"},
		"a limit over retention":  {7 * 24 * time.Hour, []time.Duration{25 * time.Hour, time.Hour}, false, "2", "", "records lost"},
		"grows old in retries":    {time.Hour, []time.Duration{30 * time.Minute, 0}, true, "2", "1 2", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, log := newLocal(t)
				var last []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
					if last = sequences(e); tt.fails {
						return &problem{"no luck"}
					}
					return nil
				})
				var list []json.RawMessage
				for i, ago := range tt.created {
					r := aged(i+1, time.Now().Add(-ago))
					if ago < 0 {
						r = newRecords(1).record(i + 1)
					}
					list = append(list, r)
				}
				gone := &discards{}
				mapList(t, fn, list, func(o *lambdalocal.MappingOptions) { o.MaximumRecordAge, o.OnFailure = tt.age, gone.take })
				pass(3 * time.Hour)
				if strings.Join(last, "+") != tt.batches || gone.String() != tt.gone {
					t.Errorf("last batch %v, want %s; discarded %s, want %s", last, tt.batches, gone, tt.gone)
				}
				if lost := strings.Contains(log.String(), "records lost"); lost != (tt.log != "") {
					t.Errorf("logged %s", log)
				}
				for _, f := range gone.all() {
					if f.RequestContext.Condition != "RecordAgeExceeded" || (f.RequestContext.ApproximateInvokeCount > 10) != tt.fails {
						t.Errorf("got %+v", f.RequestContext)
					}
				}
			})
		})
	}
}

func TestMappingThrottledUntilRecordAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		gone := &discards{}
		fn := add(t, local, "f", func() { t.Error("it ran") }, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 })
		mapList(t, fn, []json.RawMessage{aged(1, time.Now())}, func(o *lambdalocal.MappingOptions) {
			o.MaximumRetryAttempts, o.MaximumRecordAge, o.OnFailure = 0, 10*time.Minute, gone.take
		})
		pass(9 * time.Minute)
		if len(gone.all()) != 0 {
			t.Errorf("discarded early: %+v", gone.all())
		}
		pass(3 * time.Minute)
		if len(gone.all()) != 1 || gone.all()[0].ResponseContext != nil || gone.all()[0].RequestContext.ApproximateInvokeCount != 0 {
			t.Errorf("discarded %+v, logged %s", gone.all(), log)
		}
	})
}

func TestMappingAgeIsScaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 0.1 })
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = sequences(e) })
		list := []json.RawMessage{aged(1, time.Now().Add(-7*time.Second)), aged(2, time.Now().Add(-5*time.Second))}
		mapList(t, fn, list, func(o *lambdalocal.MappingOptions) { o.MaximumRecordAge = time.Minute })
		synctest.Wait()
		if fmt.Sprint(got) != "[2]" || !strings.Contains(log.String(), "RecordAgeExceeded") {
			t.Errorf("got %v, logged %s", got, log)
		}
	})
}
