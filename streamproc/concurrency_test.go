package streamproc_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// visit is one record of an item: its place in the batch.
type visit struct {
	Item string `dynamodbav:"item"`
	N    int    `dynamodbav:"n"`
}

// visits is a batch with a record for each item. The two parts of its key come in
// one order or the other.
func visits(items ...string) []byte {
	records := make([]string, len(items))
	for i, item := range items {
		keys := fmt.Sprintf(`"item":{"S":%q},"sort":{"N":"1"}`, item)
		if i%2 == 1 {
			keys = fmt.Sprintf(`"sort": {"N":"1"}, "item":{"S":%q}`, item)
		}
		records[i] = fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"%d","Keys":{%s},"NewImage":{"item":{"S":%q},"n":{"N":"%d"}}}}`, i, keys, item, i)
	}
	return batch(records...)
}

// journal is what a handler has seen.
type journal struct {
	mu            sync.Mutex
	running, most int
	started       []int
	busy          map[string]bool
	last          map[string]int
	broken        string // how the order of an item was
}

func (j *journal) enter(v visit) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running++
	j.most = max(j.most, j.running)
	j.started = append(j.started, v.N)
	if j.busy == nil {
		j.busy, j.last = map[string]bool{}, map[string]int{}
	}
	if before, ok := j.last[v.Item]; j.busy[v.Item] || ok && before > v.N {
		j.broken = fmt.Sprintf("record %d of item %s starts after or beside %d", v.N, v.Item, before)
	}
	j.busy[v.Item], j.last[v.Item] = true, v.N
}

func (j *journal) leave(v visit) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running--
	j.busy[v.Item] = false
}

// concurrently dispatches a batch, and returns what was seen and answered.
func concurrently(ctx context.Context, payload []byte, n int, handler func(visit) error) (*journal, string, error) {
	j := &journal{}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[visit]) error {
		j.enter(*r.New)
		defer j.leave(*r.New)
		return handler(*r.New)
	}, func(o *streamproc.Options) {
		o.Filter, o.Concurrency, o.Logger = everyRecord, n, slog.New(slog.DiscardHandler)
	})
	response, err := answer(d.Invoke(ctx, payload))
	return j, response, err
}

func reports(n int) string { return fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":"%d"}]}`, n) }

func TestConcurrencyIsBoundedAndKeepsTheOrderOfAnItem(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		n, items := 1+random.IntN(8), make([]string, 60)
		for i := range items {
			items[i] = string(rune('a' + random.IntN(9)))
		}
		waits := make([]time.Duration, len(items))
		for i := range waits {
			waits[i] = time.Duration(random.IntN(100)) * time.Millisecond
		}
		synctest.Test(t, func(t *testing.T) {
			j, out, err := concurrently(t.Context(), visits(items...), n, func(v visit) error {
				time.Sleep(waits[v.N])
				return nil
			})
			if err != nil || out != nothingFailed || len(j.started) != len(items) || j.most > n || j.broken != "" {
				t.Errorf("seed %d, %d at once: %d handled, %d at once, %s %s %v", seed, n, len(j.started), j.most, j.broken, out, err)
			}
		})
	}
}

func TestConcurrencyIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		j, _, err := concurrently(t.Context(), visits("a", "b", "c", "d"), 4, func(visit) error {
			time.Sleep(time.Minute)
			return nil
		})
		if took := time.Since(start); err != nil || j.most != 4 || took != time.Minute {
			t.Errorf("%d at once took %v (%v), want 4 in a minute", j.most, took, err)
		}
	})
}

// TestItemsOfOnePartition are handled at once, each in order: the sort key tells
// them apart, wherever it stands in the key.
func TestItemsOfOnePartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var records []string
		for i, keys := range []string{
			`"pk":{"S":"p"},"sk":{"N":"1"}`, `"sk":{"N":"2"},"pk":{"S":"p"}`, `"sk":{"N":"1"},"pk":{"S":"p"}`, `"pk":{"S":"p"},"sk":{"N":"2"}`,
		} {
			records = append(records, fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"%d","Keys":{%s},"NewImage":{"item":{"S":"%d"},"n":{"N":"%d"}}}}`, i, keys, i%2, i))
		}
		start := time.Now()
		j, out, err := concurrently(t.Context(), batch(records...), 4, func(visit) error {
			time.Sleep(time.Minute)
			return nil
		})
		if took := time.Since(start); err != nil || out != nothingFailed || j.broken != "" || j.most != 2 || took != 2*time.Minute {
			t.Errorf("%d at once took %v, %s %s %v, want 2 at once in two minutes", j.most, took, j.broken, out, err)
		}
	})
}

// Whatever fails, what is reported is the first record that is not done, and
// nothing is started after the failure.
func TestAfterAFailureTheFirstRecordNotDoneIsReported(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 2))
		n, items := 1+random.IntN(6), make([]string, 40)
		waits, fails := make([]time.Duration, len(items)), make([]bool, len(items))
		for i := range items {
			items[i] = string(rune('a' + random.IntN(6)))
			waits[i] = time.Duration(1+i+100*random.IntN(50)) * time.Millisecond // no two end at once
			fails[i] = random.IntN(10) == 0
		}
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			done, failedAt, late := map[int]bool{}, time.Time{}, 0
			_, out, err := concurrently(t.Context(), visits(items...), n, func(v visit) error {
				mu.Lock()
				if !failedAt.IsZero() && time.Now().After(failedAt) {
					late++
				}
				mu.Unlock()
				time.Sleep(waits[v.N])
				mu.Lock()
				defer mu.Unlock()
				if fails[v.N] {
					if failedAt.IsZero() {
						failedAt = time.Now()
					}
					return errors.New("boom")
				}
				done[v.N] = true
				return nil
			})
			want, first := nothingFailed, 0
			for first < len(items) && done[first] {
				first++
			}
			switch {
			case first == 0:
				want = firstFailed
			case first < len(items):
				want = reports(first)
			}
			if err != nil || out != want || late > 0 {
				t.Errorf("seed %d, %d at once: got %s %v, want %s; %d started after the failure", seed, n, out, err, want, late)
			}
		})
	}
}

// A record before the failed one that is still waiting for its item is not done.
func TestConcurrentFailureReportsAnEarlierRecordThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, out, err := concurrently(t.Context(), visits("a", "a", "b"), 3, func(v visit) error {
			if v.N == 2 {
				return errors.New("boom")
			}
			time.Sleep(time.Second)
			return nil
		})
		if slices.Sort(j.started); err != nil || out != reports(1) || !slices.Equal(j.started, []int{0, 2}) {
			t.Errorf("started %v, got %s %v, want 0 and 2 and a report of 1", j.started, out, err)
		}
	})
}

func TestConcurrentPanicsAreFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, out, err := concurrently(t.Context(), visits("a", "b", "b"), 2, func(v visit) error {
			if v.N == 1 {
				panic("ouch")
			}
			time.Sleep(time.Second)
			return nil
		})
		if slices.Sort(j.started); err != nil || out != reports(1) || !slices.Equal(j.started, []int{0, 1}) {
			t.Errorf("started %v, got %s %v, want 0 and 1 and a report of 1", j.started, out, err)
		}
	})
}

func TestConcurrentRecordsStopBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		j, out, err := concurrently(ctx, visits("a", "b", "c", "d", "e", "f"), 2, func(visit) error {
			time.Sleep(4500 * time.Millisecond)
			return nil
		})
		if slices.Sort(j.started); err != nil || out != reports(4) || len(j.started) != 4 {
			t.Errorf("started %v, got %s %v, want four and a report of 4", j.started, out, err)
		}
	})
}

func TestOneLogLineForEachFailure(t *testing.T) {
	for _, n := range []int{1, 4} {
		var log strings.Builder
		d := streamproc.New(func(context.Context, streamproc.Record[visit]) error { return errors.New("boom") }, func(o *streamproc.Options) {
			o.Filter, o.Concurrency = everyRecord, n
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		if response, err := answer(d.Invoke(t.Context(), visits("a", "a", "a"))); err != nil || response != firstFailed {
			t.Fatal(response, err)
		}
		if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "record=0 of=3 sequenceNumber=0 error=boom") {
			t.Errorf("%d at once logged %s", n, got)
		}
	}
}

// TestConcurrencyGoexit: a handler that ends its goroutine, as FailNow does, is a
// failure, and no record waits for it.
func TestConcurrencyGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := streamproc.New(func(_ context.Context, r streamproc.Record[visit]) error {
			if r.New.N == 1 {
				runtime.Goexit()
			}
			return nil
		}, quiet, func(o *streamproc.Options) {
			o.Concurrency, o.Filter = 2, streamproc.Where(func(*streamproc.RawRecord) bool { return true })
		})
		out, err := d.Invoke(t.Context(), visits("a", "b", "b", "b", "b"))
		if want := `{"batchItemFailures":[{"itemIdentifier":"1"}]}`; err != nil || string(out) != want {
			t.Errorf("got %s, %v, want %s", out, err, want)
		}
	})
}
