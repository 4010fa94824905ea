package lambdalocal

import (
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

const (
	defaultTimeout = 3 * time.Second
	maxTimeout     = 90 * time.Minute
	maxRetries     = 2
	minEventAge    = time.Minute
	maxEventAge    = 6 * time.Hour
)

// functionName is the pattern of Lambda's CreateFunction for a bare name.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// FunctionOptions configures a function. Names and defaults are Lambda's.
type FunctionOptions struct {
	// Timeout is how long an invocation may take: 3 s by default, at most 90
	// minutes. Lambda allows more than 15 minutes only on Managed Instances.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	Timeout time.Duration

	// ReservedConcurrency is how many invocations may run at once. Others are
	// throttled. 0 throttles everything; asynchronous events are discarded without
	// an attempt. The default, -1, means unlimited.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
	ReservedConcurrency int

	// MaximumRetryAttempts is how often a failed asynchronous event is retried:
	// 0 to 2, by default 2, after one minute and then two. MaximumEventAge is how
	// long an event may stay in the queue in total: 1 minute to 6 hours, by default
	// 6 hours. Options.WaitScale scales both waits.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
	MaximumRetryAttempts int
	MaximumEventAge      time.Duration

	// DeadLetter is called with each asynchronous event that is discarded,
	// OnFailure with its invocation record. OnSuccess is called with the record of
	// an event that succeeded. Without DeadLetter and OnFailure a discarded event
	// is logged. The callbacks may be called concurrently. Close waits for them.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
	DeadLetter func(DeadLetter)
	OnFailure  func(InvocationRecord)
	OnSuccess  func(InvocationRecord)

	// AllowRecursion is RecursiveLoop: Allow. Without it a function that has
	// invoked itself 16 times in a chain is stopped.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
	AllowRecursion bool
}

// Function is one function of a Local. It is safe for concurrent use.
type Function struct {
	local   *Local
	name    string
	runner  runner
	options FunctionOptions
	slots   slots
}

// AddFunction adds a function. The handler is a func of the shapes that lambda.Start
// documents, a lambda.Handler, or an [Executable] or a pointer to one. As in Lambda, a
// func of another shape fails at its first invocation.
//
// Invocations run concurrently, so a lambda.Handler must be safe for concurrent use, and
// return bytes that stay valid. The handlers of lambda.NewHandler may be passed: their
// bytes are copied in time. As under lambda.Start, they and funcs can return a reader
// to stream their response; a lambda.Handler of another type cannot.
//
// AddFunction panics if the name, the handler or an option is invalid. It returns an
// error if the name is taken, if Executable.Path is not an executable file or Dir not a
// directory, and after Close.
func (l *Local) AddFunction(name string, handler any, opts ...func(*FunctionOptions)) (*Function, error) {
	fn := &Function{local: l, name: name, options: FunctionOptions{
		Timeout: defaultTimeout, ReservedConcurrency: -1, MaximumRetryAttempts: maxRetries, MaximumEventAge: maxEventAge,
	}}
	refuse(!functionName.MatchString(name), "AddFunction: name is %q, want 1 to 64 letters, digits, hyphens and underscores", name)
	if executable, ok := handler.(Executable); ok {
		handler = &executable
	}
	checkHandler(handler)
	option.Apply("lambdalocal: AddFunction", &fn.options, opts)
	fn.options.check()
	fn.slots.limit, fn.runner = fn.options.ReservedConcurrency, newHandlerRunner(handler)
	if executable, ok := handler.(*Executable); ok {
		program, err := executable.resolve()
		if err != nil {
			return nil, fmt.Errorf("lambdalocal: function %q: %w", name, err)
		}
		fn.runner = newExecutableRunner(fn, program)
	}
	return l.add(fn)
}

func (l *Local) add(fn *Function) (*Function, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if l.functions[fn.name] != nil {
		return nil, fmt.Errorf("lambdalocal: function %q: the name is taken", fn.name)
	}
	l.functions[fn.name] = fn
	return fn, nil
}

// ARN returns the function's unqualified ARN.
func (f *Function) ARN() string {
	return functionARN(f.local.options.Region, f.local.options.AccountID, f.name)
}

func functionARN(region, account, name string) string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", region, account, name)
}

func checkHandler(handler any) {
	value := reflect.ValueOf(handler)
	refuse(!value.IsValid() || nillable(value) && value.IsNil(), "AddFunction: handler is nil")
	switch handler.(type) {
	case *Executable, lambda.Handler:
		return
	}
	refuse(value.Kind() != reflect.Func, "AddFunction: handler is of type %T, want a func, a lambda.Handler (of an http.Handler: lambdahttp.Wrap) or an Executable", handler)
}

func nillable(v reflect.Value) bool {
	return v.Kind() == reflect.Func || v.Kind() == reflect.Pointer
}

func (o FunctionOptions) check() {
	refuse(o.Timeout <= 0 || o.Timeout > maxTimeout,
		"AddFunction: FunctionOptions.Timeout is %v, want above 0 and at most %v", o.Timeout, maxTimeout)
	refuse(o.ReservedConcurrency < -1,
		"AddFunction: FunctionOptions.ReservedConcurrency is %d, want at least -1", o.ReservedConcurrency)
	refuse(o.MaximumRetryAttempts < 0 || o.MaximumRetryAttempts > maxRetries,
		"AddFunction: FunctionOptions.MaximumRetryAttempts is %d, want 0 to %d", o.MaximumRetryAttempts, maxRetries)
	refuse(o.MaximumEventAge < minEventAge || o.MaximumEventAge > maxEventAge,
		"AddFunction: FunctionOptions.MaximumEventAge is %v, want %v to %v", o.MaximumEventAge, minEventAge, maxEventAge)
}
