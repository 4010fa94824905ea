package lambdalocal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func latest(o *lambdalocal.MappingOptions) { o.StartingPosition = lambdalocal.Latest }

// TestMappingLatest has a store that is written to before and after MapStream.
func TestMappingLatest(t *testing.T) {
	for name, tt := range map[string]struct {
		opts []func(*lambdalocal.MappingOptions)
		want string
	}{
		"Latest":      {[]func(*lambdalocal.MappingOptions){latest}, "after"},
		"TrimHorizon": {nil, "before after"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) {
					for _, r := range e.Records {
						got = append(got, r.Change.NewImage["input"].String())
					}
				})
				if _, err := jobs.Create(t.Context(), "before"); err != nil {
					t.Fatal(err)
				}
				if err := fn.MapStream(lambdalocal.Feed(jobs.Changes), tt.opts...); err != nil {
					t.Fatal(err)
				}
				if _, err := jobs.Create(t.Context(), "after"); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if strings.Join(got, " ") != tt.want {
					t.Errorf("got %q, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestMappingLatestFailsWithItsFeed(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	gone := &problem{"gone"}
	err := fn.MapStream(lambdalocal.Feed(func(context.Context, string, int) ([]json.RawMessage, error) { return nil, gone }), latest)
	if !errors.Is(err, gone) || !strings.Contains(err.Error(), "shardId-0") {
		t.Errorf("got %v", err)
	}
	if err := local.Close(); err != nil { // it must not wait for the mapping
		t.Error(err)
	}
}

// TestFeedOfShards has a record in the first shard that always fails.
func TestFeedOfShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var mu sync.Mutex
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, sequences(e)...)
			if sequences(e)[0] == "1" && len(e.Records) == 2 {
				return &problem{"no luck"}
			}
			return nil
		})
		gone := &discards{}
		err := fn.MapStream(lambdalocal.Feed(newRecords(2).changes, newRecords(3).changes), func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.MaximumRetryAttempts, o.OnFailure = 3, 0, gone.take
		})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		slices.Sort(got)
		if fmt.Sprint(got) != "[1 1 2 2 3]" || len(gone.all()) != 1 || gone.all()[0].DDBStreamBatchInfo.ShardID != "shardId-0" {
			t.Errorf("got %v, discarded %+v", got, gone.all())
		}
	})
}

// TestCloseEndsMappings closes while batches run, wait for a retry, fill a
// window, and wait behind others. synctest fails if a goroutine remains.
func TestCloseEndsMappings(t *testing.T) {
	for name, opt := range map[string]func(*lambdalocal.MappingOptions){
		"retries":  func(o *lambdalocal.MappingOptions) { o.BatchSize = 1 },
		"parallel": func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ParallelizationFactor = 1, 10 },
		"window":   func(o *lambdalocal.MappingOptions) { o.MaximumBatchingWindow = time.Minute },
		"bisect":   func(o *lambdalocal.MappingOptions) { o.BisectBatchOnFunctionError = true },
	} {
		for _, after := range []time.Duration{0, time.Second, 90 * time.Second} {
			t.Run(fmt.Sprint(name, after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					local, _ := newLocal(t)
					fn := add(t, local, "f", func() error {
						time.Sleep(500 * time.Millisecond)
						return &problem{"no luck"}
					})
					mapFeed(t, fn, &records{n: 50, items: 20}, opt)
					pass(after)
					began := time.Now()
					if err := local.Close(); err != nil || time.Since(began) > time.Second {
						t.Errorf("Close took %v: %v", time.Since(began), err)
					}
				})
			})
		}
	}
}
