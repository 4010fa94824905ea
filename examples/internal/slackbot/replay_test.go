package slackbot_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestReplays sends one signed delivery five times, as Slack does when no 200 reached it
// and as anyone can who has captured it. The signature covers no header, so number and
// reason of the try may be anything. It gets one reply.
func TestReplays(t *testing.T) {
	captured := func(int) http.Header { return nil }
	retried := func(n int) http.Header {
		return http.Header{"X-Slack-Retry-Num": {strconv.Itoa(n)}, "X-Slack-Retry-Reason": {"reason " + strconv.Itoa(n)}}
	}
	for name, tt := range map[string]struct {
		header     func(n int) http.Header
		every      time.Duration
		concurrent bool
	}{
		"captured":                        {header: captured},
		"captured, while it is answered":  {header: captured, every: 20 * time.Second},
		"captured, all at once":           {header: captured, concurrent: true},
		"tried again":                     {header: retried},
		"tried again, after the answer":   {header: retried, every: 70 * time.Second},
		"tried again, all at once":        {header: retried, concurrent: true},
		"always said to be the first try": {header: func(int) http.Header { return retried(0) }, every: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { replay(t, tt.header, tt.every, tt.concurrent) })
		})
	}
}

func replay(t *testing.T, header func(n int) http.Header, every time.Duration, concurrent bool) {
	var replies atomic.Int32
	b := deploy(t, func(context.Context, *job) (string, error) {
		time.Sleep(time.Minute)
		replies.Add(1)
		return "42", nil
	})
	first := message("Ev1", nil)
	var copies sync.WaitGroup
	for n := range 5 {
		r := first
		r.Header = first.Header.Clone()
		for name, values := range header(n) {
			r.Header[name] = values
		}
		send := func() {
			if status := b.send(r); status != http.StatusOK {
				t.Errorf("copy %d got %d", n, status)
			}
		}
		if concurrent {
			copies.Go(send)
			continue
		}
		send()
		after(every)
	}
	copies.Wait()
	after(time.Hour)
	if replies.Load() != 1 {
		t.Errorf("%d replies, want 1\n%s", replies.Load(), b.local.Trace())
	}
	if status := b.send(message("Ev2", nil)); status != http.StatusOK {
		t.Errorf("the next message got %d", status)
	}
	if status := b.send(first); status != http.StatusUnauthorized {
		t.Errorf("an hour later the copy got %d", status)
	}
	after(time.Hour)
	if replies.Load() != 2 {
		t.Errorf("%d replies to two messages", replies.Load())
	}
}
