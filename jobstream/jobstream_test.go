package jobstream_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestNew hands a batch with one job to the dispatcher, as often as Lambda would.
func TestNew(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		errs   []error // of the handler's calls
		status jobstore.Status
		want   string
	}{
		"a job that completes":        {[]error{nil}, jobstore.Complete, nothingFailed},
		"a job to try again":          {[]error{boom}, jobstore.Pending, batchFailed},
		"a job that fails for good":   {[]error{jobstore.Permanent(boom)}, jobstore.Failed, nothingFailed},
		"a job that succeeds at last": {[]error{boom, boom, nil}, jobstore.Complete, nothingFailed},
		"a job that never succeeds":   {[]error{boom, boom, boom}, jobstore.Failed, nothingFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return now } })
			if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID, o.MaxAttempts = "1", 3 }); err != nil {
				t.Fatal(err)
			}
			calls := 0
			d := jobstream.New(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) {
				calls++
				return "out", tt.errs[calls-1]
			}, func(o *jobstream.Options) {
				o.Logger = slog.New(slog.DiscardHandler)
				o.Run = func(r *jobstore.RunOptions) { r.MaxWait = 0 }
			})
			var out string
			var err error
			for range tt.errs {
				if out, err = answer(d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`))); err != nil {
					t.Fatal(err)
				}
				now = now.Add(time.Minute)
			}
			job, err := jobs.Get(t.Context(), "1")
			if err != nil || job.Status != tt.status || out != tt.want {
				t.Errorf("left %s and answered %s (%v), want %s and %s", job.Status, out, err, tt.status, tt.want)
			}
		})
	}
}

const (
	nothingFailed = `{"batchItemFailures":[]}`
	firstFailed   = `{"batchItemFailures":[{"itemIdentifier":"1"}]}`
	batchFailed   = "the invocation fails by its first record"
)

// answer returns the response of an invocation, or batchFailed.
func answer(response []byte, err error) (string, error) {
	if b, ok := err.(*streamproc.BatchError); ok && b.Record == 0 && response == nil {
		return batchFailed, nil
	}
	return string(response), err
}

// inserted is the event of an INSERT with these keys, and what follows them.
func inserted(change string) []byte {
	return []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":` + change + `}}]}`)
}

func TestNewFunc(t *testing.T) {
	tests := map[string]struct {
		payload  string
		id, want string
	}{
		"a pending job":    {`{"id":{"S":"a"}},"NewImage":{"status":{"S":"pending"},"x":{}}`, "a", nothingFailed},
		"another status":   {`{"id":{"S":"a"}},"NewImage":{"status":{"S":"complete"}}`, "", nothingFailed},
		"no image":         {`{"id":{"S":"a"}},"StreamViewType":"KEYS_ONLY"`, "", batchFailed},
		"a key of numbers": {`{"id":{"N":"1"}},"NewImage":{"status":{"S":"pending"}}`, "", batchFailed},
		"another key":      {`{"pk":{"S":"a"}},"NewImage":{"id":{"S":"a"},"status":{"S":"pending"}}`, "", batchFailed},
		"no keys":          {`null,"NewImage":{"status":{"S":"pending"}}`, "", batchFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			d := jobstream.NewFunc(func(_ context.Context, id string) error { got = id; return nil },
				func(o *jobstream.FuncOptions) { o.Logger = slog.New(slog.DiscardHandler) })
			out, err := answer(d.Invoke(t.Context(), inserted(tt.payload)))
			if err != nil || got != tt.id || out != tt.want {
				t.Errorf("got ID %q, %s and %v, want %q and %s", got, out, err, tt.id, tt.want)
			}
		})
	}
}

// TestForeignEvents: the answer of a function that a queue is mapped to must not delete the
// queue's messages.
func TestForeignEvents(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	run := jobstream.New(memstore.New[string, string](), func(context.Context, *jobstore.Job[string, string]) (string, error) {
		t.Error("it ran")
		return "", nil
	}, func(o *jobstream.Options) { o.Logger = quiet })
	start := jobstream.NewFunc(func(context.Context, string) error { t.Error("it started"); return nil },
		func(o *jobstream.FuncOptions) { o.Logger = quiet })
	for _, payload := range []string{
		`{"Records":[{"messageId":"1","body":"{}","eventSource":"aws:sqs"}]}`, `{"Records":[]}`, `{}`, `null`,
		strings.Replace(string(inserted(`{"id":{"S":"a"}},"NewImage":{"status":{"S":"pending"}}`)), "INSERT", "insert", 1),
	} {
		for _, d := range []*streamproc.Dispatcher{run, start} {
			out, err := d.Invoke(t.Context(), []byte(payload))
			var foreign *streamproc.EventError
			if !errors.As(err, &foreign) || out != nil {
				t.Errorf("%s: got %s, %v, want a *streamproc.EventError", payload, out, err)
			}
		}
	}
}

// TestIDIsOfTheKeys whatever the image says.
func TestIDIsOfTheKeys(t *testing.T) {
	const image = `},"NewImage":{"ID":{"S":"b"},"STATUS":{"S":"done"},"Id":{"S":"c"},"id":{"S":"d"},"status":{"S":"pending"}}`
	for keys, want := range map[string][]string{
		`"id":{"S":"a"}`: {"a"}, `"at":{"S":"x"},"id":{"S":"a"}`: {"a"}, `"id":{"S":"a"},"ID":{"S":"x"}`: {"a"},
		`"ID":{"S":"a"}`: nil, `"Id":{"S":"a"},"at":{"S":"x"}`: nil, `"id":{"N":"1"}`: nil, `"id":{"B":"YQ=="}`: nil, `"id":{"S":""}`: nil,
	} {
		var got []string
		d := jobstream.NewFunc(func(_ context.Context, id string) error { got = append(got, id); return nil })
		_, err := d.Invoke(t.Context(), inserted(`{`+keys+image))
		if (err == nil) != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s: started %q, %v, want %q", keys, got, err, want)
		}
	}
}

func TestIDAttribute(t *testing.T) {
	got := ""
	d := jobstream.NewFunc(func(_ context.Context, id string) error { got = id; return nil },
		func(o *jobstream.FuncOptions) { o.Layout.ID = "pk" })
	_, err := d.Invoke(t.Context(), inserted(`{"pk":{"S":"a"}},"NewImage":{"status":{"S":"pending"}}`))
	if err != nil || got != "a" {
		t.Errorf("got %q, %v, want a", got, err)
	}
}

// TestStreamOfKeys needs no image, when its filter looks at none.
func TestStreamOfKeys(t *testing.T) {
	for needs, want := range map[streamproc.ViewType]string{streamproc.KeysOnly: nothingFailed, streamproc.NewImage: batchFailed} {
		got := ""
		d := jobstream.NewFunc(func(_ context.Context, id string) error { got = id; return nil }, func(o *jobstream.FuncOptions) {
			if o.Needs != streamproc.KeysOnly {
				t.Errorf("by default the dispatcher needs %q", o.Needs)
			}
			o.Filter = streamproc.Where(func(*streamproc.RawRecord) bool { return true })
			o.Needs, o.Logger = needs, slog.New(slog.DiscardHandler)
		})
		out, err := answer(d.Invoke(t.Context(), inserted(`{"id":{"S":"k"}},"StreamViewType":"KEYS_ONLY"`)))
		if err != nil || out != want || (got == "k") != (want == nothingFailed) {
			t.Errorf("%q needed: got ID %q, %s and %v, want %s", needs, got, out, err, want)
		}
	}
}

func TestOptionsAreAppliedOnce(t *testing.T) {
	applied := 0
	jobstream.New(memstore.New[string, string](), unused, func(*jobstream.Options) { applied++ })
	jobstream.NewFunc(func(context.Context, string) error { return nil }, func(*jobstream.FuncOptions) { applied++ })
	if applied != 2 {
		t.Errorf("two options were applied %d times", applied)
	}
}

func unused(context.Context, *jobstore.Job[string, string]) (string, error) { panic("not called") }

func TestConstructorsPanic(t *testing.T) {
	jobs, start := memstore.New[string, string](), func(context.Context, string) error { return nil }
	run := func(opt func(*jobstore.RunOptions)) func(*jobstream.Options) {
		return func(o *jobstream.Options) { o.Run = opt }
	}
	for want, construct := range map[string]func(){
		"jobstream: New: store is nil":                                        func() { jobstream.New[string, string](nil, unused) },
		"jobstream: New: handler is nil":                                      func() { jobstream.New[string, string](jobs, nil) },
		"jobstream: New: Options.Run is nil":                                  func() { jobstream.New(jobs, unused, func(o *jobstream.Options) { o.Run = nil }) },
		"jobstream: New: Options.Layout has no name for ID or Status":         func() { jobstream.New(jobs, unused, func(o *jobstream.Options) { o.Layout.ID = "" }) },
		"jobstream: NewFunc: start is nil":                                    func() { jobstream.NewFunc(nil) },
		"jobstream: NewFunc: FuncOptions.Layout has no name for ID or Status": func() { jobstream.NewFunc(start, func(o *jobstream.FuncOptions) { o.Layout.ID = "" }) },
		"jobstream: New: option 1 of 1 is nil":                                func() { jobstream.New(jobs, unused, nil) },
		"jobstream: NewFunc: option 1 of 1 is nil":                            func() { jobstream.NewFunc(start, nil) },
		"jobstream: New: Options.MinTime is -1ns, want at least 0":            func() { jobstream.New(jobs, unused, func(o *jobstream.Options) { o.MinTime = -1 }) },
		"jobstream: New: Options.Concurrency is 0":                            func() { jobstream.New(jobs, unused, func(o *jobstream.Options) { o.Concurrency = 0 }) },
		"jobstream: New: Options.Logger is nil":                               func() { jobstream.New(jobs, unused, func(o *jobstream.Options) { o.Logger = nil }) },
		"jobstream: New: Options.Run: RunOptions.Lease is 0s":                 func() { jobstream.New(jobs, unused, run(func(o *jobstore.RunOptions) { o.Lease = 0 })) },
		"jobstream: New: Options.Run: RunOptions.Logger is nil":               func() { jobstream.New(jobs, unused, run(func(o *jobstore.RunOptions) { o.Logger = nil })) },
		"jobstream: New: Options.Run: RunOptions.Margin is -1ns":              func() { jobstream.New(jobs, unused, run(func(o *jobstore.RunOptions) { o.Margin = -1 })) },
		"jobstream: NewFunc: FuncOptions.Concurrency is 0":                    func() { jobstream.NewFunc(start, func(o *jobstream.FuncOptions) { o.Concurrency = 0 }) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.HasPrefix(v, want) {
					t.Errorf("panicked with %q", v)
				}
			}()
			construct()
		})
	}
}

// claims counts the claims of a store, which DynamoDB bills as writes.
type claims struct {
	*memstore.Store[string, string]
	n int
}

func (c *claims) Claim(ctx context.Context, id string, l jobstore.Lease) (*jobstore.Job[string, string], error) {
	c.n++
	return c.Store.Claim(ctx, id, l)
}

// TestARedeliveredRecordCostsNoWrite when its job was finished by this dispatcher.
func TestARedeliveredRecordCostsNoWrite(t *testing.T) {
	jobs := &claims{Store: memstore.New[string, string]()}
	if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	d := jobstream.New(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil })
	for range 10 {
		out, err := d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`))
		if err != nil || string(out) != nothingFailed {
			t.Fatalf("answered %s, %v", out, err)
		}
	}
	if jobs.n != 1 {
		t.Errorf("%d claims, want 1", jobs.n)
	}
}
