package lambdalocal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

const (
	defaultTimeout = 3 * time.Second
	maxTimeout     = 90 * time.Minute
	maxRetries     = 2
)

// functionName is the pattern of Lambda's CreateFunction for a bare name.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// FunctionOptions configures a function.
type FunctionOptions struct {
	// Timeout is how long an invocation may take, 3 s by default as in Lambda,
	// at most 90 minutes (15 unless the function runs on Lambda Managed
	// Instances, see AWS "gettingstarted-limits").
	Timeout time.Duration

	// MaxRetries is how often an asynchronous event that failed runs again:
	// 0 to 2, 2 by default. The waits are Lambda's, one minute and then two
	// (AWS "invocation-async-error-handling"); see Options.WaitScale.
	MaxRetries int

	// DeadLetter takes an asynchronous event whose last retry failed; err is a
	// *FunctionError. Without it the event is logged as lost. Close waits for
	// it, and ctx does not end before it returns.
	DeadLetter func(ctx context.Context, payload []byte, err error)
}

// Function is one function of a Local. It is safe for concurrent use.
type Function struct {
	local   *Local
	name    string
	handler any
	options FunctionOptions
}

// Function adds a function. The handler is whatever lambda.NewHandler accepts:
// a lambda.Handler, or a func of the shapes that lambda.Start documents. As in
// Lambda, a func of another shape is found out by its first invocation.
//
// Invocations run concurrently. A func gets a lambda.Handler of its own for
// each, because the one made by lambda.NewHandler returns bytes of a buffer
// that its next invocation may overwrite; a lambda.Handler given here must be
// safe for concurrent use in this respect too.
func (l *Local) Function(name string, handler any, opts ...func(*FunctionOptions)) (*Function, error) {
	options := FunctionOptions{Timeout: defaultTimeout, MaxRetries: maxRetries}
	for _, opt := range opts {
		opt(&options)
	}
	if err := errors.Join(checkFunction(name, handler), options.check()); err != nil {
		return nil, fmt.Errorf("lambdalocal: function %q: %w", name, err)
	}
	return l.add(&Function{local: l, name: name, handler: handler, options: options})
}

func (l *Local) add(fn *Function) (*Function, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if l.functions[fn.name] != nil {
		return nil, fmt.Errorf("lambdalocal: function %q: name: already taken", fn.name)
	}
	l.functions[fn.name] = fn
	return fn, nil
}

// Name returns the name the function was added under.
func (f *Function) Name() string { return f.name }

// ARN returns the function's unqualified ARN.
func (f *Function) ARN() string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", f.local.options.Region, f.local.options.AccountID, f.name)
}

func checkFunction(name string, handler any) error {
	if !functionName.MatchString(name) {
		return errors.New("name: must be 1 to 64 letters, digits, hyphens or underscores")
	}
	value := reflect.ValueOf(handler)
	if !value.IsValid() || nillable(value) && value.IsNil() {
		return errors.New("handler: must not be nil")
	}
	if _, ok := handler.(lambda.Handler); !ok && value.Kind() != reflect.Func {
		return fmt.Errorf("handler: must be a func or a lambda.Handler, not %T", handler)
	}
	return nil
}

func nillable(v reflect.Value) bool {
	return v.Kind() == reflect.Func || v.Kind() == reflect.Pointer
}

func (o FunctionOptions) check() error {
	if o.Timeout <= 0 || o.Timeout > maxTimeout {
		return fmt.Errorf("option Timeout: %v is not above 0 and at most %v", o.Timeout, maxTimeout)
	}
	if o.MaxRetries < 0 || o.MaxRetries > maxRetries {
		return fmt.Errorf("option MaxRetries: %d is not within 0 and %d", o.MaxRetries, maxRetries)
	}
	return nil
}
