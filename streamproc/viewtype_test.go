package streamproc_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

var viewTypes = []streamproc.ViewType{streamproc.KeysOnly, streamproc.NewImage, streamproc.OldImage, streamproc.NewAndOldImages}

func TestViewTypesAreDynamoDBs(t *testing.T) {
	for _, v := range types.StreamViewType("").Values() {
		if !slices.Contains(viewTypes, streamproc.ViewType(v)) {
			t.Errorf("there is no %s", v)
		}
	}
}

// viewed is an event of one record, as a stream of that view type has it.
func viewed(operation streamproc.Operation, view streamproc.ViewType, images string) string {
	return fmt.Sprintf(`{"Records":[{"eventSource":"aws:dynamodb","eventName":%q,"dynamodb":{%s"Keys":{"id":{"S":"k"}},"SequenceNumber":"1","StreamViewType":%q}}]}`, operation, images, view)
}

func imagesOf(operation streamproc.Operation, view streamproc.ViewType) (images string) {
	if operation != streamproc.Remove && strings.Contains(string(view), "NEW") {
		images += `"NewImage":{"id":{"S":"new"},"status":{"S":"pending"}},`
	}
	if operation != streamproc.Insert && strings.Contains(string(view), "OLD") {
		images += `"OldImage":{"id":{"S":"old"},"status":{"S":"before"}},`
	}
	return images
}

// TestNeeds has records of every operation come from streams of every view type.
func TestNeeds(t *testing.T) {
	for _, needs := range viewTypes {
		for _, view := range viewTypes {
			for _, operation := range []streamproc.Operation{streamproc.Insert, streamproc.Modify, streamproc.Remove} {
				wantNew := operation != streamproc.Remove && strings.Contains(string(needs), "NEW")
				wantOld := operation != streamproc.Insert && strings.Contains(string(needs), "OLD")
				refused := wantNew && !strings.Contains(string(view), "NEW") || wantOld && !strings.Contains(string(view), "OLD")
				got, response, err := run[plainStrings](t, viewed(operation, view, imagesOf(operation, view)), func(o *streamproc.Options) { o.Needs = needs })
				name := fmt.Sprintf("%s of a stream with %s, %s needed", operation, view, needs)
				if refused {
					if response != firstFailed || got != nil || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q, want %s", view, needs)) {
						t.Errorf("%s: handled %v, got %s and %v, want an error that names both view types", name, got, response, err)
					}
					continue
				}
				if err != nil || response != nothingFailed || len(got) != 1 || got[0].Keys.Value("id") != "k" {
					t.Errorf("%s: handled %v, got %s and %v, want it handled", name, got, response, err)
					continue
				}
				if r := got[0]; (r.New != nil) != wantNew || (r.Old != nil) != wantOld || wantNew && r.New.ID != "new" || wantOld && r.Old.ID != "old" {
					t.Errorf("%s: got New %v and Old %v, want New: %t, Old: %t", name, r.New, r.Old, wantNew, wantOld)
				}
			}
		}
	}
}

func TestNeedsAndFilters(t *testing.T) {
	nothing := streamproc.Where(func(*streamproc.RawRecord) bool { return false })
	both, malformed := imagesOf(streamproc.Modify, streamproc.NewAndOldImages), `"NewImage":{"status":{"S":"pending"},"x":{}},`
	pending, changed := streamproc.Pending("status"), streamproc.StatusChanged("status")
	tests := map[string]struct {
		filter  streamproc.Filter
		needs   streamproc.ViewType
		payload string
		handled string // the images that the handler gets
		want    string // the error; empty is none
	}{
		"what a filter skips without looking":      {nothing, streamproc.NewImage, viewed("INSERT", "KEYS_ONLY", ``), "", `the record has no NewImage: the stream's view type is "KEYS_ONLY", want NEW_IMAGE or NEW_AND_OLD_IMAGES`},
		"what a filter skips by default":           {nothing, "", viewed("INSERT", "KEYS_ONLY", ``), "", ""},
		"the other image":                          {everyRecord, streamproc.OldImage, viewed("MODIFY", "NEW_IMAGE", ``), "", `the record has no OldImage: the stream's view type is "NEW_IMAGE", want OLD_IMAGE or NEW_AND_OLD_IMAGES`},
		"both":                                     {everyRecord, streamproc.NewAndOldImages, viewed("MODIFY", "NEW_IMAGE", `"NewImage":{},`), "", `the record has no OldImage: the stream's view type is "NEW_IMAGE", want NEW_AND_OLD_IMAGES`},
		"an image that the view type promises":     {everyRecord, streamproc.OldImage, viewed("REMOVE", "OLD_IMAGE", ``), "", `the record has no OldImage`},
		"a view type that is missing":              {everyRecord, streamproc.NewImage, viewed("INSERT", "", ``), "", `the record has no NewImage: the stream's view type is "", want NEW_IMAGE or NEW_AND_OLD_IMAGES`},
		"Pending looks, the handler has keys":      {pending, streamproc.KeysOnly, viewed("INSERT", "NEW_IMAGE", malformed), "none", ""},
		"Pending cannot look":                      {pending, streamproc.KeysOnly, viewed("INSERT", "KEYS_ONLY", ``), "", `the record has no NewImage: the stream's view type is "KEYS_ONLY", want NEW_IMAGE or NEW_AND_OLD_IMAGES`},
		"StatusChanged looks, the handler has one": {changed, streamproc.OldImage, viewed("MODIFY", "NEW_AND_OLD_IMAGES", both), "old", ""},
		"StatusChanged cannot look":                {changed, streamproc.OldImage, viewed("MODIFY", "OLD_IMAGE", `"OldImage":{},`), "", `the record has no NewImage: the stream's view type is "OLD_IMAGE", want NEW_AND_OLD_IMAGES`},
		"both by default":                          {everyRecord, "", viewed("MODIFY", "NEW_AND_OLD_IMAGES", both), "new old", ""},
	}
	for name, tt := range tests {
		for _, concurrency := range []int{1, 2} {
			t.Run(fmt.Sprint(name, concurrency), func(t *testing.T) {
				got, response, err := run[map[string]any](t, tt.payload, func(o *streamproc.Options) {
					o.Filter, o.Needs, o.Concurrency = tt.filter, tt.needs, concurrency
				})
				if handled := imagesHandled(got); handled != tt.handled {
					t.Errorf("the handler got %q, want %q", handled, tt.handled)
				}
				if tt.want == "" && (err != nil || response != nothingFailed) {
					t.Errorf("got %s and %v, want no error", response, err)
				}
				if tt.want != "" && (err == nil || err.Error() != tt.want || response != firstFailed) {
					t.Errorf("got %s and %v, want the error %s", response, err, tt.want)
				}
			})
		}
	}
}

// TestWritesNeedBothImages, whatever the handler needs.
func TestWritesNeedBothImages(t *testing.T) {
	for _, needs := range append(viewTypes, "") {
		for _, view := range viewTypes[:3] {
			got, response, err := run[any](t, viewed("MODIFY", view, imagesOf("MODIFY", view)), func(o *streamproc.Options) {
				o.Needs, o.Writes = needs, []string{"x"}
			})
			if got != nil || response != firstFailed || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", view)) {
				t.Errorf("%q needed of a stream with %s: handled %v, got %s and %v, want an error", needs, view, got, response, err)
			}
		}
	}
}

func imagesHandled(records []streamproc.Record[map[string]any]) string {
	var images []string
	for _, r := range records {
		if r.New != nil {
			images = append(images, "new")
		}
		if r.Old != nil {
			images = append(images, "old")
		}
		if r.New == nil && r.Old == nil {
			images = append(images, "none")
		}
	}
	return strings.Join(images, " ")
}

// TestMappingOfAStreamOfKeys has a handler hear of every change by the key alone.
func TestMappingOfAStreamOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, changed := newTape(), &seen{}
		stream := streamtest.New(func(o *streamtest.Options) { o.ViewType = streamproc.KeysOnly })
		a, b := queryJob{"1", "a"}, queryJob{"1", "b"}
		for _, r := range []streamtest.Record{stream.Insert(a), stream.Modify(a, b), stream.Remove(b)} {
			s.add(r)
		}
		d := streamproc.New(func(_ context.Context, r streamproc.Record[tapedJob]) error {
			changed.add(string(r.Operation) + " " + r.Keys.Value("id"))
			return nil
		}, unlogged, func(o *streamproc.Options) { o.Filter, o.Needs = everyRecord, streamproc.KeysOnly })
		gone := mapTape(t, s, d, func(o *lambdalocal.MappingOptions) { o.ReportBatchItemFailures, o.MaximumRetryAttempts = true, 0 })
		virtually(time.Hour)
		if got := strings.Join(changed.all(), ", "); got != "INSERT 1, MODIFY 1, REMOVE 1" || len(gone()) > 0 {
			t.Errorf("heard of %s, and %q were discarded", got, gone())
		}
	})
}
