package jobtask_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
)

// TestOneLogger has what each part of a worker logs, and the default logger nothing.
func TestOneLogger(t *testing.T) {
	var log, others bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&others, nil)))
	now := time.Now()
	jobs := memstore.New[string, string](func(o *memstore.Options) {
		o.Stream, o.Now = true, func() time.Time { return now }
	})
	fails := func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", errors.New("busy") }
	sent := &queue{}
	with := func(o *jobtask.WorkerOptions) {
		quiet(&o.Options)
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		o.Sweep = func(o *jobstore.SweepOptions) { o.Now = func() time.Time { return now } }
	}
	h := jobtask.Worker("work", sent, jobs, fails, with)
	cut := jobtask.Worker("work", unreachable{}, jobs, fails, with)
	if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	records, err := jobs.Changes(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	logs := func(part, want string) {
		t.Helper()
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s logged %s, want %q", part, log.String(), want)
		}
		log.Reset()
	}
	stream := fmt.Appendf(nil, `{"Records":[%s]}`, records[0])
	_, _ = cut.Invoke(invocation(), stream)
	logs("the stream", "streamproc: record failed")
	if _, err := h.Invoke(invocation(), stream); err != nil || len(sent.events) != 1 {
		t.Fatal(err, len(sent.events))
	}
	_, _ = h.Invoke(invocation(), sent.events[0])
	logs("a run", "busy")
	now = now.Add(time.Hour)
	_, _ = h.Invoke(invocation(), []byte(ruleEvent))
	logs("a sweep", "jobstore: sweep")

	task := jobtask.New("work", sent, jobs, fails, func(o *jobtask.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	_ = task.Start(t.Context(), "1", "another input")
	logs("a conflict", "another input exists")
	if others.Len() > 0 {
		t.Errorf("the default logger got %s", others.String())
	}
}
