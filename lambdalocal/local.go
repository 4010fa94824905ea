package lambdalocal

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// ErrClosed is the error of every call after Close.
var ErrClosed error = closedError{}

// closedError also tells the SDK not to retry.
type closedError struct{}

func (closedError) Error() string       { return "lambdalocal: closed" }
func (closedError) CanceledError() bool { return true }

// Options configures New.
type Options struct {
	// Logger gets failed invocations, lost events and stream errors: the
	// function's name, the request ID and the error, never a payload.
	// The default is slog.Default().
	Logger *slog.Logger

	// Region and AccountID are part of the functions' ARNs.
	// The defaults are us-east-1 and 123456789012.
	Region    string
	AccountID string

	// WaitScale multiplies Lambda's own waits between retries, of queued events and
	// of stream batches, the ages at which it discards them, and the intervals of
	// schedules. It makes
	// demonstrations faster: with 0.01, a minute takes 600 ms. It does not change
	// the Timeout of a function. The default is 1, as in Lambda.
	WaitScale float64

	// Hosts are host names, beside localhost and the loopback addresses, under which
	// function URLs, APIs and load balancers answer, such as that of a tunnel. They
	// refuse all others with 403, so that no web page can reach them by DNS
	// rebinding. A page can still send some requests without reading the answers:
	// it is for the handler to check the Origin. By default there are none.
	//
	// A request that came through no http.Server, as one of httptest.NewRequest in
	// a test, is answered whatever its host.
	Hosts []string

	// Faults make things fail. By default nothing does.
	Faults Faults
}

var (
	regionName = regexp.MustCompile(`^(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d$`) // as API_Invoke's FunctionName has it
	accountID  = regexp.MustCompile(`^\d{12}$`)
)

func (o Options) check() {
	refuse(o.Logger == nil, "New: Options.Logger is nil")
	refuse(!regionName.MatchString(o.Region), "New: Options.Region is %q, want one such as us-east-1", o.Region)
	refuse(!accountID.MatchString(o.AccountID), "New: Options.AccountID is %q, want 12 digits", o.AccountID)
	refuse(!(o.WaitScale > 0) || math.IsInf(o.WaitScale, 1), "New: Options.WaitScale is %v, want a number above 0", o.WaitScale)
	for n, host := range o.Hosts {
		refuse(strings.Trim(host, ".") == "" || strings.ContainsAny(host, ":/ *"), "New: Options.Hosts[%d] is %q, want a host name without scheme and port", n, host)
	}
	o.Faults.check()
}

// Local holds functions, their queue of asynchronous events and their stream
// mappings. It is safe for concurrent use.
type Local struct {
	options  Options
	faults   *faultPlan
	timeline timeline
	api      apiListener

	// ctx ends when Close begins; it stops polls and waits, not handlers.
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	functions map[string]*Function
	dropped   int
}

// New returns a Local without functions. It starts nothing. New panics if an option is
// invalid.
func New(opts ...func(*Options)) *Local {
	options := Options{Logger: slog.Default(), Region: "us-east-1", AccountID: "123456789012", WaitScale: 1}
	option.Apply("lambdalocal: New", &options, opts)
	options.check()
	ctx, stop := context.WithCancel(context.Background())
	return &Local{
		options: options, faults: newFaultPlan(options.Faults), timeline: timeline{began: time.Now()},
		ctx: ctx, stop: stop, functions: map[string]*Function{},
	}
}

// Close refuses new work with ErrClosed, stops the stream mappings, and waits for
// everything that is running: handlers, including those that ran out of time, and
// dead-letter and destination callbacks. So a handler that never returns blocks
// Close, and a handler must not call it. Then Close ends the processes of all
// executables.
//
// Events that wait for a retry are dropped and logged. Close returns an error with
// their number. Later calls wait too and return the same.
func (l *Local) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.work.Wait()
	l.closeRunners()
	l.api.close()

	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dropped > 0 {
		return fmt.Errorf("lambdalocal: close: %d event(s) dropped that waited for a retry", l.dropped)
	}
	return nil
}

func (l *Local) closeRunners() {
	l.mu.Lock()
	functions := l.functions
	l.mu.Unlock()
	for _, fn := range functions { // none is added after Close began
		fn.runner.close()
	}
}

// begin adds to the work that Close waits for. The caller ends it with
// l.work.Done.
func (l *Local) begin() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	l.work.Add(1)
	return nil
}

func (l *Local) function(name string) *Function {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.functions[name]
}

func (l *Local) countDropped() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped++
}

// scaled is at most the longest Duration, about 292 years.
func (l *Local) scaled(d time.Duration) time.Duration {
	if scaled := float64(d) * l.options.WaitScale; scaled < math.MaxInt64 {
		return time.Duration(scaled)
	}
	return math.MaxInt64
}

// pause waits for d, scaled, and reports false when Close came first.
func (l *Local) pause(d time.Duration) bool { return sleep(l.ctx, l.scaled(d)) }

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
