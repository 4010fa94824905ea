package jobstore_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// beats keeps the heartbeats of a run.
type beats struct {
	*store
	at     []time.Duration // since the claim
	leases []time.Duration // that they asked for
	began  time.Time
	fails  int // how many are refused
}

func (b *beats) Claim(ctx context.Context, id string, l jobstore.Lease) (*job, error) {
	b.began = time.Now()
	return b.store.Claim(ctx, id, l)
}

func (b *beats) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if b.fails > 0 {
		b.fails--
		return errLost
	}
	if !h.LeaseUntil.IsZero() {
		b.at, b.leases = append(b.at, time.Since(b.began)), append(b.leases, time.Until(h.LeaseUntil))
	}
	return b.store.Report(ctx, c, h)
}

// sized is a job whose record has this many KB.
func sized(t *testing.T, s *store, kb int) string {
	t.Helper()
	job, err := s.Create(t.Context(), strings.Repeat("x", kb<<10-100))
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

// TestRenewalCost prints what the renewals of 15 minutes cost, by the size of the record,
// and compares it with the work that they protect.
func TestRenewalCost(t *testing.T) {
	const work = 900 // seconds
	unit := workPerUnit(t)
	t.Log("record   renewals   write units   share of the compute   longest lease")
	for _, c := range []struct{ kb, want int }{{1, 20}, {20, 18}, {100, 4}, {145, 2}, {200, 2}, {228, 2}, {230, 1}, {358, 1}} {
		kb, want := c.kb, c.want
		synctest.Test(t, func(t *testing.T) {
			s := &beats{store: memstore.New[string, string]()}
			id := sized(t, s.store, kb)
			ctx, cancel := context.WithTimeout(t.Context(), work*time.Second)
			defer cancel()
			err := jobstore.Run(ctx, s, id, func(ctx context.Context, _ *job) (string, error) {
				<-ctx.Done()
				return "out", nil
			})
			units, longest := len(s.at)*(kb+2), time.Duration(0)
			for _, l := range s.leases {
				longest = max(longest, l)
			}
			share := float64(units) * unit / work
			t.Logf("%3d KB   %8d   %11d   %18.1f %%   %13v", kb, len(s.at), units, 100*share, longest.Round(time.Second))
			if err != nil || len(s.at) != want || share >= 0.1 {
				t.Errorf("%d KB: %d renewals, %v, %.3f of the compute; want %d and less than a tenth", kb, len(s.at), err, share, want)
			}
			if row, ok := renewalRows[kb]; ok {
				testenv.Figures(t, "docs/benchmarks.md", row, 0.05, float64(len(s.at)), float64(units), 100*share)
			}
		})
	}
}

// renewalRows are the rows of docs/benchmarks.md by the size of the record.
var renewalRows = map[int]string{
	1: "| 1 KB |", 20: "| 20 KB |", 100: "| 100 KB |", 200: "| 200 KB |", 228: "| 228 KB, the most |", 358: "| 358 KB |",
}

// TestRenewalCostOfAShortJob prints the same of jobs of a few minutes in a function of 15, and
// compares it with the work: whose record's size the trigger knows, or not. It must be a tenth
// at most where it is known, and where a record has no more than 30 KB.
func TestRenewalCostOfAShortJob(t *testing.T) {
	unit := workPerUnit(t)
	t.Log("record    job      size known   renewals   share of the compute")
	for _, kb := range []int{1, 20, 30, 200, 358} {
		for _, work := range []time.Duration{41 * time.Second, 61 * time.Second, 2 * time.Minute, 4 * time.Minute, 7 * time.Minute, 14 * time.Minute} {
			for _, known := range []bool{true, false} {
				renewals := renewed(t, kb, work, known)
				share := float64(renewals*(kb+2)) * unit / work.Seconds()
				t.Logf("%3d KB  %8v   %t   %8d   %8.1f %%", kb, work, known, renewals, 100*share)
				if (known || kb <= 30) && share >= 0.1 {
					t.Errorf("%d KB, %v, size known: %t: renewals are %.3f of the compute, want less than a tenth", kb, work, known, share)
				}
			}
		}
	}
}

// renewed is how often the lease of a job is renewed, in an invocation of 15 minutes.
func renewed(t *testing.T, kb int, work time.Duration, known bool) (renewals int) {
	synctest.Test(t, func(t *testing.T) {
		s := &beats{store: memstore.New[string, string]()}
		id := sized(t, s.store, kb)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		err := jobstore.Run(ctx, s, id, func(ctx context.Context, _ *job) (string, error) {
			time.Sleep(work)
			return "out", ctx.Err()
		}, func(o *jobstore.RunOptions) {
			if known {
				o.Size = kb << 10
			}
		})
		if err != nil {
			t.Error(err)
		}
		synctest.Wait() // a renewal may have begun when the handler ended
		renewals = len(s.at)
	})
	return renewals
}

// TestASizeThatIsKnown: the first lease of a large record is as long as the others where the
// job was read, or claimed before by the same call. It ends with the invocation.
func TestASizeThatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		opt     func(*jobstore.RunOptions)
		timeout time.Duration
		waits   bool
		want    time.Duration
	}{
		"unknown":             {quiet, time.Hour, false, 2 * time.Minute},
		"told":                {func(o *jobstore.RunOptions) { o.Size = 200 << 10 }, time.Hour, false, 484 * time.Second},
		"told, small":         {func(o *jobstore.RunOptions) { o.Size = 18 << 10 }, time.Hour, false, 2 * time.Minute},
		"told, far too large": {func(o *jobstore.RunOptions) { o.Size = 1 << 40 }, 24 * time.Hour, false, 884 * time.Second},
		"told, a short time":  {func(o *jobstore.RunOptions) { o.Size = 200 << 10 }, 5 * time.Minute, false, 310 * time.Second},
		"read":                {func(o *jobstore.RunOptions) { o.Redelivered = true }, time.Hour, false, 484 * time.Second},
		"claimed, and waited": {quiet, time.Hour, true, 484 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New[string, string]()
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				var lease time.Duration
				err := jobstore.Run(ctx, s, sized(t, s, 200), func(_ context.Context, job *job) (string, error) {
					lease = time.Until(job.LeaseUntil)
					if c.waits && job.Uncounted == 0 {
						return "", jobstore.Snooze(time.Second)
					}
					return "out", nil
				}, quiet, c.opt)
				if err != nil || lease != c.want {
					t.Errorf("%v, the first lease is for %v, want %v", err, lease, c.want)
				}
			})
		})
	}
}

// TestALargeRecordIsRenewedLessOften, also when the handler reports in between, and when
// renewals fail for a while.
func TestALargeRecordIsRenewedLessOften(t *testing.T) {
	for name, c := range map[string]struct {
		reports bool
		fails   int
		first   time.Duration
	}{
		"in silence":         {false, 0, time.Minute},
		"with reports":       {true, 0, time.Minute},
		"after two failures": {false, 2, time.Minute + 2*time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &beats{store: memstore.New[string, string](), fails: c.fails}
			err := jobstore.Run(t.Context(), s, sized(t, s.store, 98), func(ctx context.Context, _ *job) (string, error) {
				for range 10 {
					if c.reports {
						if err := jobstore.Report(ctx, 50, "half"); err != nil {
							return "", err
						}
					}
					time.Sleep(time.Minute + 100*time.Millisecond)
				}
				return "out", ctx.Err()
			}, quiet)
			if err != nil || len(s.at) != 3 || s.at[0].Round(time.Second) != c.first {
				t.Errorf("%s: %v, renewed at %v, want three times, first at %v", name, err, s.at, c.first)
			}
			for i, l := range s.leases {
				if l != 280*time.Second || i > 0 && (s.at[i]-s.at[i-1]).Round(time.Second) != 200*time.Second {
					t.Errorf("%s: renewed at %v for %v, want 200s apart, for 280s", name, s.at, s.leases)
				}
			}
		})
	}
}

// TestALargeRecordAndADeadline: the lease does not outlast the invocation.
func TestALargeRecordAndADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &beats{store: memstore.New[string, string]()}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		err := jobstore.Run(ctx, s, sized(t, s.store, 300), func(ctx context.Context, _ *job) (string, error) {
			<-ctx.Done()
			return "out", nil
		})
		if err != nil || len(s.at) != 1 || s.leases[0] != 130*time.Second {
			t.Errorf("%v, renewed at %v for %v, want once, until 10 s after the deadline", err, s.at, s.leases)
		}
	})
}
