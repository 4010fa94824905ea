package jobtask_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

type aJob = jobstore.Job[string, string]

// TestRecoveryFromAnOutage has a dependency down for five minutes under 1,000 jobs.
func TestRecoveryFromAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const jobs, outage = 1000, 5 * time.Minute
		began := time.Now()
		p := newPlant(t, func(proc *process) lambda.Handler {
			return proc.worker(func(context.Context, *aJob) (string, error) {
				if time.Since(began) < outage {
					return "", errors.New("503")
				}
				return "out", nil
			})
		})
		p.create(jobs, 0)
		last := slices.Max(p.finish(40*time.Minute, jobs)) - outage
		measured(t, "outage", last, 10*time.Minute)
	})
}

// killed is a handler whose job 0 has its process killed five seconds into the first
// attempt. The others take 100 ms.
func killed(proc *process) jobstore.Handler[string, string] {
	return func(ctx context.Context, job *aJob) (string, error) {
		if job.ID == "0" && job.Attempt == 1 {
			time.Sleep(5 * time.Second)
			proc.kill(ctx)
			return "", ctx.Err()
		}
		time.Sleep(100 * time.Millisecond)
		return "out", nil
	}
}

// TestRecoveryFromAKill in the stream's invocation: the record stays at the head of its
// shard until the lease has run out.
func TestRecoveryFromAKillInTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant(t, func(proc *process) lambda.Handler {
			return jobstream.New(proc, killed(proc), func(o *jobstream.Options) {
				o.Logger = slog.New(slog.DiscardHandler)
			})
		}, func(o *lambdalocal.MappingOptions) { o.BatchSize = 1 })
		p.create(51, 0)
		measured(t, "kill-stream", slices.Max(p.finish(30*time.Minute, 51)), 150*time.Second)
	})
}

// TestRecoveryFromAKill of a Worker: it holds up no other job, and the sweep finds it. Its
// lease ends a second after a sweep, so that it waits for the next one the longest.
func TestRecoveryFromAKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant(t, func(proc *process) lambda.Handler { return proc.worker(killed(proc)) })
		p.create(51, time.Second)
		at := p.finish(30*time.Minute, 51)
		measured(t, "kill-others", slices.Max(at[1:]), time.Second)
		measured(t, "kill", at[0], 210*time.Second)
	})
}

// TestRetryAfter has a job meet a 429 that says to wait for 30 seconds. It is due a second
// after a sweep.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var at []time.Duration
		began := time.Now()
		p := newPlant(t, func(proc *process) lambda.Handler {
			return proc.worker(func(context.Context, *aJob) (string, error) {
				mu.Lock()
				defer mu.Unlock()
				if at = append(at, time.Since(began)); len(at) == 1 {
					return "", jobstore.RetryAfter(errors.New("429"), 30*time.Second)
				}
				return "out", nil
			})
		})
		p.create(1, 31*time.Second)
		p.finish(10*time.Minute, 1)
		if len(at) != 2 || at[1]-at[0] < 30*time.Second {
			t.Fatalf("the attempts began at %v", at)
		}
		measured(t, "retry-after", at[1]-at[0], 95*time.Second)
	})
}

// TestRecoveryCostsAHealthyJobNothing counts the requests of a job of ten seconds.
func TestRecoveryCostsAHealthyJobNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlant(t, func(proc *process) lambda.Handler {
			return proc.worker(func(context.Context, *aJob) (string, error) {
				time.Sleep(10 * time.Second)
				return "out", nil
			})
		})
		p.create(1, 0)
		p.finish(10*time.Minute, 1)
		t.Logf("a job of 10 s: %d writes, %d reads", p.writes.Load(), p.reads.Load())
		if p.writes.Load() != 3 || p.reads.Load() != 0 {
			t.Error("want 3 writes and 0 reads")
		}
	})
}

// measured prints a figure, and holds it to its limit and to what docs/recovery.md says,
// which may differ by a tenth and 100 ms.
func measured(t *testing.T, name string, got, limit time.Duration) {
	t.Helper()
	t.Logf("%s: %v, at most %v", name, got.Round(time.Millisecond), limit)
	if got > limit {
		t.Errorf("%s took %v, want at most %v", name, got, limit)
	}
	published := figure(t, name)
	if diff := (got - published).Abs(); diff > published/10+100*time.Millisecond {
		t.Errorf("%s took %v, and docs/recovery.md says %v", name, got, published)
	}
}

// figure is the last column of a row, which begins with the figure's name.
func figure(t *testing.T, name string) time.Duration {
	t.Helper()
	page, err := os.ReadFile("../docs/recovery.md")
	if err != nil {
		t.Fatal(err)
	}
	_, row, ok := strings.Cut(string(page), "\n| `"+name+"` |")
	row, _, _ = strings.Cut(row, " |\n")
	text := row[strings.LastIndex(row, "|")+1:]
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || !ok {
		t.Fatalf("docs/recovery.md has no %s, or not a duration: %v", name, err)
	}
	return d
}
