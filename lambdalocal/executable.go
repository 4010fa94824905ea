package lambdalocal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/process"
)

// Executable is a function as you deploy it to Lambda's OS-only runtimes
// (provided.al2023): a program that asks the Runtime API for its invocations, as
// lambda.Start does. Pass it to [Local.AddFunction] in place of a handler.
//
// Each concurrent invocation has its own process, which is started on demand and
// kept for later invocations. A process that misses its timeout is killed. One that
// exits is replaced. Close ends all of them, and so does the end of this process.
//
// A process sees the environment variables that Lambda documents for these runtimes,
// with invalid credentials, and PATH. AWS_ENDPOINT_URL_LAMBDA makes the AWS SDKs invoke
// the functions of this Local. No other variable is inherited. The runtime client in
// the program sets _X_AMZN_TRACE_ID for each invocation.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
type Executable struct {
	Path string   // the file to run; you build it
	Args []string // after the file's own name
	Env  []string `json:"-"` // NAME=value, over what Lambda sets

	// Dir is where the process runs, and its LAMBDA_TASK_ROOT. The default is this
	// process's own directory, and /var/task as LAMBDA_TASK_ROOT.
	Dir string

	// Output gets what the processes write to their standard output and error, one
	// write at a time and in whole lines. Lines over 1 MB are split. The default is
	// os.Stderr.
	Output io.Writer
}

// Format implements [fmt.Formatter]. It shows the file, and nothing of the environment,
// where secrets are.
func (e Executable) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "lambdalocal.Executable(%s)", e.Path)
}

// resolve finds the file, and refuses one that could never run.
func (e Executable) resolve() (Executable, error) {
	if e.Path == "" {
		return e, errors.New("Executable.Path is empty")
	}
	path, err := exec.LookPath(e.Path)
	if err == nil {
		path, err = filepath.Abs(path) // since the process runs in Dir
	}
	if err != nil {
		return e, fmt.Errorf("Executable.Path: %w", err)
	}
	if info, err := os.Stat(e.Dir); e.Dir != "" && (err != nil || !info.IsDir()) {
		return e, fmt.Errorf("Executable.Dir: %s is not a directory", e.Dir)
	}
	e.Path = path
	return e, nil
}

// executableRunner runs an Executable.
type executableRunner struct{ *process.Pool }

func newExecutableRunner(fn *Function, e Executable) executableRunner {
	program := process.Program{Path: e.Path, Args: e.Args, Dir: e.Dir, Output: e.Output}
	if program.Output == nil {
		program.Output = os.Stderr
	}
	program.Env = func(runtimeAPI string) ([]string, error) {
		invokeAPI, err := fn.local.api.url(fn.local.InvokeAPI())
		return e.environ(fn, runtimeAPI, invokeAPI), err
	}
	return executableRunner{process.NewPool(program)}
}

func (r executableRunner) run(i *invocation, last bool) outcome {
	answer, err := r.Run(&process.Invocation{
		RequestID: i.requestID, ARN: i.arn, Trace: i.trace, Client: i.client, Payload: i.payload,
		Timeout: i.fn.options.Timeout, Stream: i.stream, Linger: i.fn.slots.linger, Tail: i.tail,
	}, last)
	result := outcome{payload: answer.Payload, log: answer.Log}
	var reported process.Reported
	switch {
	case errors.As(err, &reported):
		result.err = i.failure(reported.InvokeResponse_Error)
		result.err.document = reported.Document
	case err != nil:
		result.err = i.failure(invokeError(err))
	}
	return result
}

func (r executableRunner) crash() { r.Crash() }
func (r executableRunner) close() { r.Close() }

// environ is what a process of fn sees. Lambda sets no AWS_EXECUTION_ENV in OS-only
// runtimes.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
func (e *Executable) environ(fn *Function, runtimeAPI, invokeAPI string) []string {
	region := fn.local.options.Region
	return append([]string{
		"PATH=" + os.Getenv("PATH"),
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
		"LAMBDA_TASK_ROOT=" + orDefault(e.Dir, "/var/task"),
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"_HANDLER=bootstrap",
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		"AWS_ACCESS_KEY_ID=local",
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_SESSION_TOKEN=local",
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME=" + fn.name,
		"AWS_LAMBDA_FUNCTION_VERSION=" + latest,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + fn.name,
		"AWS_LAMBDA_LOG_STREAM_NAME=" + newLogStream(),
		"AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000",
		"AWS_ENDPOINT_URL_LAMBDA=" + invokeAPI,
	}, e.Env...)
}
