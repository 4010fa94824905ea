package streamproc_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

type stringJob = jobstore.Job[string, string]

// decodeJob returns the job that an image decodes into.
func decodeJob(t *testing.T, image string) (job stringJob, err error) {
	t.Helper()
	log := &failures{}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[stringJob]) error {
		job = *r.New
		return nil
	}, func(o *streamproc.Options) { o.Filter, o.Logger = everyRecord, slog.New(log) })
	_, err = answer(d.Invoke(t.Context(), around([]byte(image))))
	return job, errors.Join(err, log.last())
}

func TestJobOfAnImage(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 5e6, time.UTC)
	tests := map[string]struct {
		image string
		want  stringJob
	}{
		"nothing": {`{}`, stringJob{}},
		"the default layout": {
			`{"id":{"S":"1"},"status":{"S":"processing"},"input":{"S":"in"},"output":{"S":"out"},"error":{"S":"boom"},"progress":{"N":"50"},
				"progressMessage":{"S":"half"},"metadata":{"M":{"a":{"N":"1"},"b":{"L":[{"BOOL":true}]}}},"attempt":{"N":"2"},"maxAttempts":{"N":"3"},
				"createdAt":{"S":"2026-11-23T10:00:00.005Z"},"updatedAt":{"S":"2026-11-23T10:00:00.005Z"},"expiresAt":{"N":"1795428000"}}`,
			stringJob{
				ID: "1", Status: jobstore.Processing, Input: "in", Output: "out", Error: "boom", Progress: 50, ProgressMessage: "half",
				Metadata: map[string]any{"a": 1.0, "b": []any{true}}, Attempt: 2, MaxAttempts: 3, CreatedAt: at, UpdatedAt: at,
				ExpiresAt: time.Unix(1795428000, 0),
			},
		},
		"what Amplify writes": {
			`{"id":{"S":"1"},"__typename":{"S":"QueryJob"},"query":{"S":"q"},"response":{"NULL":true},"metadata":{"S":"{\"a\": \"b\", \"n\": {\"c\": 1}}"}}`,
			stringJob{ID: "1", Metadata: map[string]any{"a": "b", "n": map[string]any{"c": 1.0}}},
		},
		"flat metadata": {`{"metadata":{"S":"{\"a\": \"b\"}"}}`, stringJob{Metadata: map[string]any{"a": "b"}}},
		"times that differ": {
			`{"createdAt":{"S":"2026-11-23T10:00:00.005Z"},"updatedAt":{"S":"2026-11-23T10:00:01.005Z"}}`,
			stringJob{CreatedAt: at, UpdatedAt: at.Add(time.Second)},
		},
		"metadata of null": {`{"metadata":{"NULL":true}}`, stringJob{}},
		"what is the worker's stays empty": {
			`{"id":{"S":"1"},"owner":{"S":"a secret"},"leaseUntil":{"N":"1795428000000"},"size":{"N":"5"},"history":{"L":[{"S":"pending"}]}}`,
			stringJob{ID: "1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decodeJob(t, tt.image)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestJobThatDoesNotDecode(t *testing.T) {
	for image, path := range map[string]string{
		`{"metadata":{"S":"hush-hush"}}`:                          "NewImage.metadata",
		`{"metadata":{"S":"[\"hush-hush\"]"}}`:                    "NewImage.metadata",
		`{"createdAt":{"S":"hush-hush"}}`:                         "NewImage.createdAt",
		`{"createdAt":{"S":""}}`:                                  "NewImage.createdAt",
		`{"attempt":{"N":"hush-hush"}}`:                           "NewImage.attempt",
		`{"attempt":{"S":"hush-hush"}}`:                           "NewImage.attempt",
		`{"input":{"M":{"hush-hush":{"S":"hush-hush"}}}}`:         "NewImage.input",
		`{"expiresAt":{"N":"hush-hush"},"status":{"S":"a"}}`:      "NewImage.expiresAt",
		`{"progress":{"N":"9999999999999999999999999hush-hush"}}`: "NewImage.progress",
	} {
		_, err := decodeJob(t, image)
		if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%s: got %v, want an error that names %s and no value", image, err, path)
		}
	}
}

// tagged has fields that may be JSON text, and one that may not.
type tagged struct {
	Map   map[string]any    `dynamodbav:"map" streamproc:"json"`
	Item  plainStrings      `dynamodbav:"item" streamproc:"json"`
	List  []int             `dynamodbav:"list" streamproc:"json"`
	Any   any               `dynamodbav:"any" streamproc:"json"`
	Other map[string]string `dynamodbav:"other"`
}

func TestFieldsThatMayBeJSON(t *testing.T) {
	for image, want := range map[string]tagged{
		`{"map":{"S":"{\"a\":[1]}"}}`:                                {Map: map[string]any{"a": []any{1.0}}},
		`{"map":{"M":{"a":{"N":"1"}}}}`:                              {Map: map[string]any{"a": 1.0}},
		`{"map":{"S":"null"},"item":{"NULL":true}}`:                  {},
		`{"map":{"S":"{\"a\":1}"},"map":{"S":"{\"b\":\"\u00e9\"}"}}`: {Map: map[string]any{"b": "é"}},
		`{"item":{"S":"{\"Query\":\"q\"}"}}`:                         {Item: plainStrings{Query: "q"}},
		`{"item":{"M":{"id":{"S":"1"}}}}`:                            {Item: plainStrings{ID: "1"}},
		`{"list":{"S":"[1,2]"}}`:                                     {List: []int{1, 2}},
		`{"list":{"NS":["1","2"]}}`:                                  {List: []int{1, 2}},
		`{"any":{"S":"[true]"}}`:                                     {Any: []any{true}},
		`{"any":{"S":"not JSON"}}`:                                   {Any: "not JSON"},
		`{"other":{"M":{"a":{"S":"b"}}}}`:                            {Other: map[string]string{"a": "b"}},
	} {
		got, response, err := run[tagged](t, string(around([]byte(image))))
		if err != nil || response != nothingFailed || len(got) != 1 {
			t.Errorf("%s: handled %v, got %s and %v", image, got, response, err)
		} else if diff := cmp.Diff(want, *got[0].New); diff != "" {
			t.Errorf("%s (-want +got):\n%s", image, diff)
		}
	}
	for image, path := range map[string]string{
		`{"map":{"S":"hush-hush"}}`:           "NewImage.map",
		`{"list":{"S":"[\"hush-hush\"]"}}`:    "NewImage.list",
		`{"other":{"S":"{\"hush\":\"hu\"}"}}`: "NewImage.other",
	} {
		_, response, err := run[tagged](t, string(around([]byte(image))))
		if response != firstFailed || err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %s and %v, want an error that names %s and no value", image, response, err, path)
		}
	}
}

func TestTagsWithoutEffectPanic(t *testing.T) {
	type misspelled struct {
		M map[string]any `streamproc:"jsn"`
	}
	type embeds struct {
		plainStrings
		M map[string]any `streamproc:"json"`
	}
	type twice struct {
		M map[string]any `streamproc:"json"`
		N map[string]any `dynamodbav:"m"`
	}
	for want, construct := range map[string]func(){
		`field M has the tag streamproc:"jsn"`: func() { streamproc.New(func(context.Context, streamproc.Record[misspelled]) error { return nil }) },
		`embeds.M has no effect`:               func() { streamproc.New(func(context.Context, streamproc.Record[embeds]) error { return nil }) },
		`twice.M has no effect`:                func() { streamproc.New(func(context.Context, streamproc.Record[twice]) error { return nil }) },
	} {
		func() {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, want) {
					t.Errorf("panicked with %q, want %q", v, want)
				}
			}()
			construct()
		}()
	}
}
