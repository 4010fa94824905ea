package jobhttp_test

import (
	"context"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Prices in dollars a million, of us-east-1. docs/watching.md has their sources.
const (
	priceRequest  = 0.20                  // of Lambda
	priceSecond   = 0.25 * 0.0000133334e6 // of a function of 256 MB on arm64
	priceRead     = 0.125                 // consistent, of a record of up to 4 KB
	priceEvent    = 1.00                  // of AppSync Events: an operation of up to 5 KB
	priceConnect  = 0.08                  // a minute of a connection to AppSync
	shortRequest  = 0.010                 // seconds that a request is billed that does not wait
	changesOfBusy = 12
)

// minute is what a watched minute takes.
type minute struct {
	seconds         float64 // of Lambda
	requests, reads int
	events          int // operations of AppSync Events
	connected       int // minutes
}

func (m minute) dollars() float64 {
	return m.seconds*priceSecond + float64(m.requests)*priceRequest + float64(m.reads)*priceRead +
		float64(m.events)*priceEvent + float64(m.connected)*priceConnect
}

// TestCostOfWatching computes the table of docs/watching.md. The requests and reads are
// those of the handler, in virtual time.
func TestCostOfWatching(t *testing.T) {
	text, err := os.ReadFile("../docs/watching.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, ways := range map[string]func(*testing.T, int) minute{
		"server-sent events":                 streamMinute,
		"long polls of 20 s":                 pollMinute(20*time.Second, 0),
		"a plain GET every 2 s":              pollMinute(0, 2*time.Second),
		"a plain GET every 10 s":             pollMinute(0, 10*time.Second),
		"AppSync Events, without a function": pushMinute,
	} {
		idle, busy := ways(t, 0), ways(t, changesOfBusy)
		row := fmt.Sprintf("| %s | %.2f | %d / %d | %d / %d | %.1f / %.1f |", name, idle.seconds*0.25,
			idle.requests, busy.requests, idle.reads, busy.reads, idle.dollars(), busy.dollars())
		if !sameRow(string(text), name, row) {
			t.Errorf("docs/watching.md lacks the row\n%s", row)
		}
	}
}

var number = regexp.MustCompile(`[0-9.]+`)

// sameRow looks for the row of that name. Its figures may be 2 % off: a read and a change
// at the same moment come in either order.
func sameRow(text, name, row string) bool {
	_, rest, _ := strings.Cut(text, "| "+name+" |")
	line, _, _ := strings.Cut(rest, "\n")
	is, want := number.FindAllString(line, -1), number.FindAllString(strings.TrimPrefix(row, "| "+name), -1)
	return slices.EqualFunc(is, want, func(a, b string) bool {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return math.Abs(x-y) <= 0.02*max(x, y)
	})
}

// change changes a watched job n times in a minute.
func (w *watching) change(ctx context.Context, n int) {
	claimed, err := w.jobs.Claim(ctx, w.id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)})
	for i := 1; i < n && err == nil; i++ {
		time.Sleep(time.Minute / time.Duration(n))
		err = w.jobs.Report(ctx, claimed.Claim(), jobstore.Heartbeat{Seq: i, Progress: &jobstore.Progress{Percent: i}})
	}
}

func streamMinute(t *testing.T, changes int) (m minute) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		w.watch(ctx, 1, "/events")
		if changes > 0 {
			go w.change(ctx, changes)
		}
		w.wg.Wait()
		m = minute{seconds: 60, requests: 1, reads: int(w.store.reads.Load())}
	})
	return m
}

// pollMinute asks again at once after a wait, or after a pause without one.
func pollMinute(wait, pause time.Duration) func(*testing.T, int) minute {
	return func(t *testing.T, changes int) (m minute) {
		synctest.Test(t, func(t *testing.T) {
			w := watched(t)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			if changes > 0 {
				go w.change(ctx, changes)
			}
			tag := ""
			for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(pause) {
				r, rec := httptest.NewRequestWithContext(ctx, "GET", "/"+w.id, nil), httptest.NewRecorder()
				if wait > 0 && tag != "" {
					r.URL.RawQuery = "wait=" + min(wait, time.Until(end)).String()
				}
				r.Header.Set("If-None-Match", tag)
				began := time.Now()
				w.handler.ServeHTTP(rec, r)
				tag = rec.Header().Get("ETag")
				m.requests++
				m.seconds += max(time.Since(began).Seconds(), shortRequest)
			}
			m.reads = int(w.store.reads.Load())
		})
		return m
	}
}

// pushMinute receives each change, which is published once for each job.
func pushMinute(_ *testing.T, changes int) minute {
	return minute{events: 2 * changes, connected: 1}
}
