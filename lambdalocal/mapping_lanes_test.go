package lambdalocal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func minutes(n time.Duration) func(*lambdalocal.FunctionOptions) {
	return func(o *lambdalocal.FunctionOptions) { o.Timeout = n * time.Minute }
}

// TestMappingParallel: 200 records, ten at a time, a minute each.
func TestMappingParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		began, handled := time.Now(), make(chan time.Duration, 200)
		fn := add(t, local, "f", func(events.DynamoDBEvent) {
			time.Sleep(time.Minute)
			handled <- time.Since(began)
		}, minutes(2))
		mapFeed(t, fn, newRecords(200), func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ParallelizationFactor = 1, 10 })
		var last time.Duration
		for range 200 {
			last = <-handled
		}
		if last != 1200*time.Second {
			t.Errorf("took %v, want 20m0s", last)
		}
	})
}

// inFlight counts what is handled at the same time.
type inFlight struct {
	mu    sync.Mutex
	items map[int]bool
	lanes int
	most  int
	seen  map[int][]int // sequence numbers of what succeeded, by item
}

func (f *inFlight) enter(t *testing.T, feed *records, e events.DynamoDBEvent) (leave func(succeeded bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lanes++
	f.most = max(f.most, f.lanes)
	mine := map[int]bool{}
	for _, id := range sequences(e) {
		n, _ := strconv.Atoi(id)
		item := feed.item(n)
		if f.items[item] && !mine[item] {
			t.Errorf("record %d is handled beside another of item %d", n, item)
		}
		f.items[item], mine[item] = true, true
	}
	return func(succeeded bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.lanes--
		for _, id := range sequences(e) {
			if n, _ := strconv.Atoi(id); succeeded {
				f.seen[feed.item(n)] = append(f.seen[feed.item(n)], n)
			}
		}
		for item := range mine {
			delete(f.items, item)
		}
	}
}

func TestMappingKeepsOrderPerItem(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t)
			random, mu := rand.New(rand.NewPCG(seed, 0)), sync.Mutex{}
			feed := &records{n: 300, items: 15}
			flight := &inFlight{items: map[int]bool{}, seen: map[int][]int{}}
			fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
				leave := flight.enter(t, feed, e)
				mu.Lock()
				takes, fails := time.Duration(random.IntN(5000))*time.Millisecond, random.IntN(4) == 0
				mu.Unlock()
				time.Sleep(takes)
				leave(!fails)
				if fails {
					return &problem{"no luck"}
				}
				return nil
			}, minutes(1))
			mapFeed(t, fn, feed, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ParallelizationFactor = 1+int(seed%3), 4 })
			pass(24 * time.Hour)
			total := 0
			for item, seen := range flight.seen {
				if !slices.IsSorted(seen) {
					t.Errorf("item %d was handled in the order %v", item, seen)
				}
				total += len(seen)
			}
			if total != 300 || flight.most != 4 {
				t.Errorf("%d records handled, %d at once; want 300 and 4", total, flight.most)
			}
		})
	}
}

// TestMappingBlocksOnlyTheItem has a record that always fails, of one of 3 items.
func TestMappingBlocksOnlyTheItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		feed := &records{n: 1000, items: 3}
		var mu sync.Mutex
		handled := map[int]bool{}
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			n, _ := strconv.Atoi(sequences(e)[0])
			if n == 2 {
				return &problem{"poisoned"}
			}
			mu.Lock()
			defer mu.Unlock()
			handled[n] = true
			return nil
		})
		mapFeed(t, fn, feed, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ParallelizationFactor = 1, 2 })
		pass(time.Hour)
		// 10 * BatchSize * ParallelizationFactor are read from record 2 on: up to 21.
		var want []int
		for n := 1; n <= 21; n++ {
			if feed.item(n) != feed.item(2) {
				want = append(want, n)
			}
		}
		var got []int
		for n := range handled {
			got = append(got, n)
		}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("handled (-want +got):\n%s", d)
		}
	})
}

func TestMappingWithOneLaneStopsAtAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		got, feed, reads := map[string]int{}, newRecords(9), 0
		fn := add(t, local, "f", func(e events.DynamoDBEvent) error {
			got[strings.Join(sequences(e), "+")]++
			return &problem{"poisoned"}
		})
		err := fn.MapStream(lambdalocal.Feed(func(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
			reads++
			return feed.changes(ctx, after, limit)
		}), func(o *lambdalocal.MappingOptions) { o.BatchSize = 2 })
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if len(got) != 1 || got["1+2"] < 60 || reads != 1 {
			t.Errorf("got %v after %d reads", got, reads)
		}
	})
}

func TestRecordsWithoutKeysStayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		flight := &inFlight{items: map[int]bool{}, seen: map[int][]int{}}
		one := &records{items: 1}
		fn := add(t, local, "f", func(e events.DynamoDBEvent) {
			leave := flight.enter(t, one, e)
			time.Sleep(time.Second)
			leave(true)
		})
		var list []json.RawMessage
		for i := range 20 {
			list = append(list, json.RawMessage(fmt.Sprintf(`{"dynamodb":{"SequenceNumber":"%d"}}`, i+1)))
		}
		mapList(t, fn, list, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ParallelizationFactor = 1, 10 })
		pass(time.Hour)
		if len(flight.seen[0]) != 20 || !slices.IsSorted(flight.seen[0]) {
			t.Errorf("handled %v", flight.seen[0])
		}
	})
}

// trickle is a feed whose record i appears after i times every, i from 1.
func trickle(feed *records, every time.Duration) lambdalocal.Stream {
	began := time.Now()
	return lambdalocal.Feed(func(ctx context.Context, after string, _ int) ([]json.RawMessage, error) {
		n, _ := strconv.Atoi(after)
		if n < feed.n {
			select {
			case <-time.After(time.Until(began.Add(time.Duration(n+1) * every))):
				return []json.RawMessage{feed.record(n + 1)}, nil
			case <-ctx.Done():
			}
		}
		<-ctx.Done()
		return nil, ctx.Err()
	})
}

func TestMappingWindow(t *testing.T) {
	tests := map[string]struct {
		feed   *records
		every  time.Duration
		window time.Duration
		size   int
		takes  time.Duration
		want   string
	}{
		"none":                {newRecords(3), time.Second, 0, 100, 0, "1s:1 2s:1 3s:1"},
		"passes":              {newRecords(3), time.Second, 5 * time.Second, 100, 0, "6s:3"},
		"passes twice":        {newRecords(4), 2 * time.Second, 3 * time.Second, 100, 0, "5s:2 9s:2"},
		"is full":             {newRecords(4), time.Second, time.Minute, 3, 0, "3s:3 1m4s:1"},
		"is full by 6 MB":     {&records{n: 4, size: 2 << 20}, time.Second, time.Minute, 100, 0, "3s:2 1m3s:2"},
		"begins with the end": {newRecords(4), time.Second, 2500 * time.Millisecond, 100, 10 * time.Second, "3.5s:3 16s:1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				began := time.Now()
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) {
					got = append(got, fmt.Sprintf("%v:%d", time.Since(began), len(e.Records)))
					time.Sleep(tt.takes)
				}, minutes(1))
				err := fn.MapStream(trickle(tt.feed, tt.every), func(o *lambdalocal.MappingOptions) {
					o.MaximumBatchingWindow, o.BatchSize = tt.window, tt.size
				})
				if err != nil {
					t.Fatal(err)
				}
				pass(time.Hour)
				if strings.Join(got, " ") != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		})
	}
}
