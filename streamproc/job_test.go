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
	_, err = d.Invoke(t.Context(), around([]byte(image)))
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

// likeAJob has what marks a jobstore.Job, but is none.
type likeAJob[M any] struct {
	Metadata M              `dynamodbav:"metadata"`
	Other    map[string]any `dynamodbav:"other"`
}

func (*likeAJob[M]) Claim() jobstore.Claim { return jobstore.Claim{} }

func TestOnlyTheMetadataOfAJobMayBeJSON(t *testing.T) {
	image := string(around([]byte(`{"metadata":{"S":"{\"a\":\"b\"}"}}`)))
	got, _, err := run[likeAJob[string]](t, image)
	if err != nil || got[0].New.Metadata != `{"a":"b"}` {
		t.Errorf("got %+v, %v, want the string as it is", got, err)
	}
	_, response, err := run[likeAJob[string]](t, strings.Replace(image, "metadata", "other", 1))
	if err == nil || response != firstFailed {
		t.Errorf("got %s and %v, want an error: other is a map", response, err)
	}
	_, response, err = run[likeAJob[map[string]any]](t, strings.Replace(image, "metadata", "other", 1))
	if err == nil || response != firstFailed {
		t.Errorf("got %s and %v, want an error: other is a map", response, err)
	}
}
