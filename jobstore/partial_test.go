package jobstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestPartialShowsTheOutputSoFar also when the last part came a moment after another, and
// an attempt that fails leaves nothing of it.
func TestPartialShowsTheOutputSoFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		handler := func(ctx context.Context, j *job) (string, error) {
			if j.Output != "" {
				t.Errorf("attempt %d begins with the output %q, want none", j.Attempt, j.Output)
			}
			for _, out := range []string{"The", "The capital", "The capital is"} {
				if err := jobstore.Partial(ctx, out); err != nil {
					t.Error(err)
				}
			}
			if got := get(t, s, id); got.Output != "The" {
				t.Errorf("at once, the output is %q, want the first part", got.Output)
			}
			<-time.After(1100 * time.Millisecond)
			if got := get(t, s, id); got.Output != "The capital is" || got.Status != jobstore.Processing {
				t.Errorf("a second later, the job is %s with %q, want the last part", got.Status, got.Output)
			}
			if j.Attempt == 1 {
				return "", jobstore.RetryAfter(errors.New("busy"), 5*time.Minute)
			}
			return "Paris", nil
		}
		_ = jobstore.Run(t.Context(), s, id, handler, quiet)
		if got := get(t, s, id); got.Output != "" || got.Status != jobstore.Pending {
			t.Errorf("after an attempt that failed, the job is %s with the output %q", got.Status, got.Output)
		}
		<-time.After(5 * time.Minute)
		err := jobstore.Run(t.Context(), s, id, handler, quiet)
		if got := get(t, s, id); err != nil || got.Output != "Paris" {
			t.Errorf("%v, and the output is %q, want the handler's", err, got.Output)
		}
	})
}

// TestWhatIsDueTogetherIsOneWrite: a partial output, a report and a renewal.
func TestWhatIsDueTogetherIsOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var beats []jobstore.Heartbeat
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, h jobstore.Heartbeat, call func(context.Context) error) error {
			beats = append(beats, h)
			return call(ctx)
		}
		err := run(t, s, func(ctx context.Context, _ *job) (string, error) {
			_ = jobstore.Report(ctx, 10, "asking")
			<-time.After(39500 * time.Millisecond)
			_ = jobstore.Partial(ctx, "one")
			_ = jobstore.Partial(ctx, "one two")
			_ = jobstore.Report(ctx, 20, "writing") // within a second of the write before
			<-time.After(2 * time.Second)
			return "out", nil
		})
		if err != nil || len(beats) != 3 {
			t.Fatalf("%v, %d writes, want 3: the report, the first part, and all else", err, len(beats))
		}
		if last := beats[2]; last.Partial != "one two" || last.Progress == nil || last.LeaseUntil.IsZero() {
			t.Errorf("the last write is %+v, want it to have all three", last)
		}
	})
}

// TestPartialErrors do not affect the job.
func TestPartialErrors(t *testing.T) {
	if err := jobstore.Partial(t.Context(), "out"); !errors.Is(err, jobstore.ErrInvalid) {
		t.Errorf("outside a handler: %v, want ErrInvalid", err)
	}
	s := &faulty{store: memstore.New[string, string]()}
	err := run(t, s, func(ctx context.Context, _ *job) (string, error) {
		for _, c := range []struct {
			out  any
			want string
		}{
			{5, "the output so far is a int, the handler's output is a string"},
			{nil, "the output so far is a <nil>, the handler's output is a string"},
			{"half a rune: \xc3", "output: text that is not valid UTF-8"},
		} {
			if err := jobstore.Partial(ctx, c.out); !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: %v, want ErrInvalid and %q", c.out, err, c.want)
			}
		}
		return "out", jobstore.Partial(ctx, "these errors stop nothing")
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAPartialOutputThatIsTooLarge is not stored any more. The job, its reports and its lease
// go on.
func TestAPartialOutputThatIsTooLarge(t *testing.T) {
	large := strings.Repeat("x", 64<<10+1)
	for name, c := range map[string]struct {
		store func(*memstore.Options)
		run   func(*jobstore.RunOptions)
		out   string
	}{
		"over the option": {func(*memstore.Options) {}, func(*jobstore.RunOptions) {}, large},
		"over the store's limit": {
			func(o *memstore.Options) { o.MaxBytes = 1000 }, func(*jobstore.RunOptions) {}, large[:1000],
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := memstore.New[string, string](c.store)
			id, log := newJob(t, s), &bytes.Buffer{}
			err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, _ *job) (string, error) {
				if err := jobstore.Partial(ctx, "so far"); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				<-time.After(2 * time.Second)
				for _, out := range []string{c.out, c.out, "short again"} {
					if err := jobstore.Partial(ctx, out); !errors.Is(err, jobstore.ErrTooLarge) {
						t.Errorf("%s: %v, want ErrTooLarge", name, err)
					}
				}
				<-time.After(3 * time.Minute) // longer than a lease
				if err := jobstore.Report(ctx, 50, "half"); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if got := get(t, s, id); got.Output != "so far" || got.Progress != 50 {
					t.Errorf("%s: the job shows %.10q at %d %%", name, got.Output, got.Progress)
				}
				return "out", nil
			}, c.run, func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
			if lines := strings.Count(log.String(), "no more partial output is stored"); err != nil || lines != 1 {
				t.Errorf("%s: %v, %d lines in the log, want one", name, err, lines)
			}
		})
	}
}

// TestPartialKeepsACopy of a value that the handler goes on to change.
func TestPartialKeepsACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, map[string]int]()
		j, err := s.Create(t.Context(), "in")
		if err != nil {
			t.Fatal(err)
		}
		err = jobstore.Run(t.Context(), s, j.ID, func(ctx context.Context, _ *jobstore.Job[string, map[string]int]) (map[string]int, error) {
			words := map[string]int{"first": 1}
			_ = jobstore.Partial(ctx, words)
			_ = jobstore.Partial(ctx, words) // is written later
			words["second"] = 2
			<-time.After(2 * time.Second)
			if got, err := s.Get(ctx, j.ID); err != nil || len(got.Output) != 1 {
				t.Errorf("stored %v, %v, want one word", got.Output, err)
			}
			return words, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// spender counts the write units of heartbeats, as DynamoDB bills them.
type spender struct {
	*store
	size, writes, units int
}

func (s *spender) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if out, ok := h.Partial.(string); ok {
		s.size = max(s.size, len(out)) // the record before or after, whichever is larger
	}
	s.writes++
	s.units += (c.Size + s.size + 1023) / 1024
	return s.store.Report(ctx, c, h)
}

// TestPartialCost prints what the output so far of an answer of 60 seconds costs, by the
// size of the whole answer: the handler has another part each 100 ms.
func TestPartialCost(t *testing.T) {
	t.Log("answer   writes   write units   written each second")
	for _, kb := range []int{1, 20, 64} {
		synctest.Test(t, func(t *testing.T) {
			s := &spender{store: memstore.New[string, string]()}
			answer, naive := strings.Repeat("x", kb<<10), 0
			err := jobstore.Run(t.Context(), s, newJob(t, s.store), func(ctx context.Context, _ *job) (string, error) {
				for i := 1; i <= 600; i++ {
					if err := jobstore.Partial(ctx, answer[:len(answer)*i/600]); err != nil {
						return "", err
					}
					if i%10 == 0 {
						naive += (len(answer)*i/600+1023)/1024 + 1
						_ = jobstore.Report(ctx, i/6, "writing")
					}
					<-time.After(100 * time.Millisecond)
				}
				return answer, nil
			})
			synctest.Wait() // for a beat that has begun
			t.Logf("%3d KB   %6d   %11d   %14d units", kb, s.writes, s.units, naive)
			if most := 60*10 + 2*(kb+1); err != nil || s.units > most || s.writes > 61 {
				t.Errorf("%v, %d writes of %d units, want at most 61 and %d", err, s.writes, s.units, most)
			}
			testenv.Figures(t, "docs/design.md", fmt.Sprintf("| %d KB |", kb), 0.12, float64(s.writes), float64(s.units), float64(naive))
		})
	}
}

// TestALargePartialOutputIsRenewedLessOften, as any large record.
func TestALargePartialOutputIsRenewedLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &beats{store: memstore.New[string, string]()}
		err := jobstore.Run(t.Context(), s, newJob(t, s.store), func(ctx context.Context, _ *job) (string, error) {
			err := jobstore.Partial(ctx, strings.Repeat("x", 60<<10))
			<-time.After(10 * time.Minute)
			return "out", err
		})
		if err != nil || len(s.at) != 5 {
			t.Errorf("%v, renewed at %v, want five times in ten minutes", err, s.at)
		}
	})
}

// TestReportsOfALargeInputAreSpaced: a caller who sends one makes no job take hundreds of write
// units a second.
func TestReportsOfALargeInputAreSpaced(t *testing.T) {
	for kb, most := range map[int]int{1: 61, 9: 61, 20: 31, 250: 3} {
		synctest.Test(t, func(t *testing.T) {
			s := &spender{store: memstore.New[string, string]()}
			err := jobstore.Run(t.Context(), s, sized(t, s.store, kb), func(ctx context.Context, _ *job) (string, error) {
				for i := range 600 {
					_ = jobstore.Report(ctx, i/6, "reading")
					<-time.After(100 * time.Millisecond)
				}
				return "a", nil
			}, func(o *jobstore.RunOptions) { o.Lease = time.Hour })
			synctest.Wait() // for a beat that has begun
			if err != nil || s.writes > most || s.writes < most*2/3 {
				t.Errorf("an input of %d KB: %v, %d writes in a minute, want %d", kb, err, s.writes, most)
			}
		})
	}
}
