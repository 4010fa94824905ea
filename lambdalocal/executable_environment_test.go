package lambdalocal_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestExecutableEnvironment has the variables that Lambda documents for OS-only
// runtimes, and no others.
func TestExecutableEnvironment(t *testing.T) {
	local, _ := newLocal(t)
	dir := t.TempDir()
	add(t, local, "f", lambdalocal.Executable{Path: os.Args[0], Dir: dir, Env: []string{"PROGRAM=show", "TABLE=jobs", "TZ=Asia/Tokyo"}, Output: &logBuffer{}})
	seen, failed := call[struct {
		Dir string
		Env []string
	}](t, local, "f", "{}")
	if failed != "" || seen.Dir != dir {
		t.Errorf("it ran in %q, %s", seen.Dir, failed)
	}
	got := map[string]string{}
	for _, entry := range seen.Env {
		name, value, _ := strings.Cut(entry, "=")
		got[name] = value
	}
	for name, want := range map[string]string{
		"AWS_SESSION_TOKEN": "local", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
		"LAMBDA_TASK_ROOT": dir, "LAMBDA_RUNTIME_DIR": "/var/runtime", "_HANDLER": "bootstrap",
		"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
		"LANG": "en_US.UTF-8", "TZ": "Asia/Tokyo", "PATH": os.Getenv("PATH"), "PROGRAM": "show", "TABLE": "jobs",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
		delete(got, name)
	}
	for _, name := range []string{"AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ENDPOINT_URL_LAMBDA", "_X_AMZN_TRACE_ID"} {
		if got[name] == "" {
			t.Errorf("%s is not set", name)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("also set: %v", got)
	}
}

func TestExecutableRefusesADirectory(t *testing.T) {
	local, _ := newLocal(t)
	for _, dir := range []string{os.Args[0], filepath.Join(t.TempDir(), "none")} {
		if _, err := local.AddFunction("f", lambdalocal.Executable{Path: os.Args[0], Dir: dir}); err == nil || !strings.Contains(err.Error(), "Executable.Dir") {
			t.Errorf("%s: got %v", dir, err)
		}
	}
}

// TestExecutablePathIsRelativeToThisProcess even if the process runs elsewhere.
func TestExecutablePathIsRelativeToThisProcess(t *testing.T) {
	local, _ := newLocal(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(here, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	add(t, local, "f", lambdalocal.Executable{Path: path, Dir: t.TempDir(), Env: []string{"PROGRAM=obey"}, Output: &logBuffer{}})
	if pid, failed := call[int](t, local, "f", `"go"`); pid == 0 {
		t.Error(failed)
	}
}

// TestExecutableErrorDocuments reach the caller as the runtime reported them.
func TestExecutableErrorDocuments(t *testing.T) {
	local, _ := newLocal(t)
	for program, want := range map[string]string{
		"report a trace":     trace,
		"report no document": `{"errorMessage":"the runtime's error document is not a JSON object","errorType":"Runtime.Unknown"}`,
	} {
		name := strings.ReplaceAll(program, " ", "-")
		addProgram(t, local, name, program)
		if _, failed := call[any](t, local, name, "{}"); failed != want {
			t.Errorf("%s: got %s", program, failed)
		}
	}
}

// TestExecutableReportsAnErrorMidway in the trailers of its response.
func TestExecutableReportsAnErrorMidway(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "break off")
	for name, client := range clients(t, local) {
		out, err := startStream(t, client, "f", "{}")
		if err != nil {
			t.Fatal(err)
		}
		chunks, complete := out.rest(t)
		if strings.Join(chunks, "") != "first" || aws.ToString(complete.ErrorCode) != "problem" || aws.ToString(complete.ErrorDetails) != `{"errorMessage":"no luck","errorType":"problem"}` {
			t.Errorf("%s: got %q, %s, %s", name, chunks, aws.ToString(complete.ErrorCode), aws.ToString(complete.ErrorDetails))
		}
	}
}

// TestExecutableLogResult: a line that has not ended belongs to the next invocation, as
// captured, and no output is late.
func TestExecutableLogResult(t *testing.T) {
	local, _ := newLocal(t)
	output := addProgram(t, local, "f", "log", func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency, o.Timeout = 1, 2*time.Second })
	for _, tt := range []struct{ event, want string }{
		{`["one\n","two\n","par"]`, "$LATEST\none\ntwo\nEND "},
		{`["tial\n"]`, "$LATEST\npartial\nEND "},
		{`["` + strings.Repeat("é", 3000) + `\n"]`, "éé\nEND "},
		{`["half","exit"]`, "$LATEST\nhalfexit\nRequestId: "},
		{`["exit"]`, "Runtime exited with error: exit status 3\nRuntime.ExitError\nEND "},
		{`["exit"]`, "\tStatus: error\tError Type: Runtime.ExitError\n"},
		{`["going\n","hang"]`, "going\nRequestId: "},
		{`["hang"]`, "\tStatus: timeout\n"},
	} {
		out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: []byte(tt.event), LogType: types.LogTypeTail})
		if err != nil {
			t.Fatal(err)
		}
		log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
		if err != nil || !strings.Contains(string(log), tt.want) || len(log) > 4<<10+2 {
			t.Errorf("%.40s: got %d bytes, %v: %s", tt.event, len(log), err, log)
		}
	}
	if !strings.Contains(output.String(), "one\ntwo\npartial\n") {
		t.Errorf("the output is %s", output)
	}
}

// TestExecutableKeepsItsSlotWhileItWorksOn after its response, as Lambda does until the
// runtime asks for the next invocation.
func TestExecutableKeepsItsSlotWhileItWorksOn(t *testing.T) {
	local, _ := newLocal(t)
	meeting := t.TempDir()
	add(t, local, "f", &lambdalocal.Executable{Path: os.Args[0], Env: []string{"PROGRAM=work on", "MEETING=" + meeting}, Output: &logBuffer{}},
		func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency, o.Timeout = 1, time.Minute })
	once := func(event string) (pid string, err error) {
		out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: []byte(event)},
			func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
		if err != nil {
			return "", err
		}
		return string(out.Payload), nil
	}
	first, err := once(`"go"`)
	if err != nil {
		t.Fatal(err)
	}
	for range 50 { // one after the other: none is throttled, and one process serves all
		pid, err := once(`"go"`)
		if err != nil || pid != first {
			t.Fatalf("got the process %s after %s, %v", pid, first, err)
		}
	}
	if _, err = once(`"wait"`); err != nil {
		t.Fatal(err)
	}
	if _, err := once(`"go"`); err == nil {
		t.Error("it was not throttled while the process worked on")
	}
	if err := os.WriteFile(meeting+"/done", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { _, err := once(`"go"`); return err == nil })
}

// TestExecutableFreesItsSlot after each end of an attempt.
func TestExecutableFreesItsSlot(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "obey", func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency, o.Timeout = 1, time.Second })
	addProgram(t, local, "never", "exit early", func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 1 })
	for range 2 {
		for _, order := range []string{"go", "fail", "panic", "exit", "hang"} {
			call[int](t, local, "f", `"`+order+`"`) // fails the test if throttled
		}
		call[int](t, local, "never", "")
	}
}

// TestExecutablesShowNoEnvironment: that is where its secrets are.
func TestExecutablesShowNoEnvironment(t *testing.T) {
	e := lambdalocal.Executable{Path: "bootstrap", Env: []string{"SLACK_SECRET=hunter2"}}
	local, _ := newLocal(t)
	fn := add(t, local, "f", lambdalocal.Executable{Path: os.Args[0], Env: e.Env})
	for _, v := range []any{e, &e, []lambdalocal.Executable{e}, struct{ E lambdalocal.Executable }{e}, fn, local} {
		data, _ := json.Marshal(v)
		said := string(data)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%t", "%x", "%X"} {
			said += fmt.Sprintf(verb, v)
		}
		if strings.Contains(said, "hunter2") || strings.Contains(strings.ToLower(said), fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("%T: %s", v, said)
		}
	}
}
