package lambdalocal_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// addProgram adds a function of the test binary itself, and returns its log.
func addProgram(t *testing.T, local *lambdalocal.Local, name, program string, opts ...func(*lambdalocal.FunctionOptions)) *logBuffer {
	t.Helper()
	log := &logBuffer{}
	add(t, local, name, &lambdalocal.Executable{Path: os.Args[0], Env: []string{"PROGRAM=" + program, "MEETING=" + t.TempDir()}, Output: log},
		append([]func(*lambdalocal.FunctionOptions){func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute }}, opts...)...)
	return log
}

// call invokes a function and returns its answer, or what failed.
func call[T any](t *testing.T, local *lambdalocal.Local, name, payload string) (v T, failed string) {
	t.Helper()
	out, err := invoke(t.Context(), local, name, payload, "")
	if err != nil {
		t.Error(err)
		return v, err.Error()
	}
	if out.FunctionError != nil {
		return v, string(out.Payload)
	}
	if err := json.Unmarshal(out.Payload, &v); err != nil {
		t.Errorf("%v: %s", err, out.Payload)
	}
	return v, ""
}

func TestExecutableSeesItsInvocation(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "look")
	out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("f"), Qualifier: aws.String("live"),
		ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`))),
	})
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	if err := json.Unmarshal(out.Payload, &s); err != nil {
		t.Fatalf("%v: %s", err, out.Payload)
	}
	if len(s.RequestID) != 36 || !strings.HasSuffix(s.ARN, ":function:f:live") || s.Client["k"] != "v" || s.Function != "f" {
		t.Errorf("the program saw %+v", s)
	}
	if !strings.HasPrefix(s.Trace, "Root=1-") || s.Left > time.Minute || s.Left < 30*time.Second || s.Home != "" {
		t.Errorf("the program saw %+v", s)
	}
}

func TestExecutableReusesWarmProcesses(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "obey")
	var pids [2]int
	var both sync.WaitGroup
	for n := range pids {
		both.Go(func() { pids[n], _ = call[int](t, local, "f", `"wait for a friend"`) })
	}
	both.Wait()
	if pids[0] == pids[1] || pids[0] == 0 {
		t.Errorf("two invocations at once ran in the processes %v", pids)
	}
	known := map[int]bool{pids[0]: true, pids[1]: true}
	eventually(t, func() bool { // a process is warm when it has asked for its next invocation
		pid, _ := call[int](t, local, "f", `"stay"`)
		warm := known[pid]
		known[pid] = true
		return warm
	})
}

// eventually polls until ok.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never happened")
		}
	}
}

func TestExecutableFailures(t *testing.T) {
	local, _ := newLocal(t)
	log := addProgram(t, local, "f", "obey", func(o *lambdalocal.FunctionOptions) { o.Timeout = 2 * time.Second })
	addProgram(t, local, "early", "exit early")
	addProgram(t, local, "never", "refuse to start")
	for _, tt := range []struct{ function, order, want string }{
		{"f", "fail", `"errorMessage":"no luck","errorType":"errorString"`},
		{"f", "panic", `"errorMessage":"ouch","errorType":"string"`},
		{"f", "exit", `Runtime exited with error: exit status 3","errorType":"Runtime.ExitError"`},
		{"f", "hang", `Task timed out after 2.00 seconds","errorType":"Sandbox.Timedout"`},
		{"early", "", `Runtime exited with error: exit status 4","errorType":"Runtime.ExitError"`},
		{"never", "", `"errorMessage":"no table","errorType":"Config.Missing"`},
	} {
		_, failed := call[int](t, local, tt.function, `"`+tt.order+`"`)
		if !strings.Contains(failed, tt.want) {
			t.Errorf("%s %s: got %s, want %s", tt.function, tt.order, failed, tt.want)
		}
		if pid, failed := call[int](t, local, "f", `"go on"`); pid == 0 {
			t.Errorf("after %s: %s", tt.order, failed)
		}
	}
	local.Close()
	if got := log.String(); !strings.Contains(got, "told to panic\n") || !strings.Contains(got, "half a line\n") || !strings.Contains(got, `"errorMessage":"ouch"`) {
		t.Errorf("the log is %s", got)
	}
}

// TestExecutableEventIsRetried takes an event through a crash and a timeout.
func TestExecutableEventIsRetried(t *testing.T) {
	local, _ := newLocal(t, func(o *lambdalocal.Options) { o.WaitScale = 0.0001 })
	dead := make(chan lambdalocal.DeadLetter, 1)
	log := addProgram(t, local, "f", "obey", func(o *lambdalocal.FunctionOptions) {
		o.DeadLetter = func(d lambdalocal.DeadLetter) { dead <- d }
	})
	enqueue(t, local, "f", `"exit"`)
	if d := <-dead; string(d.Body) != `"exit"` || !strings.Contains(d.ErrorMessage, "exit status 3") || strings.Count(log.String(), "told to exit") != 3 {
		t.Errorf("the dead letter is %+v after\n%s", d, log)
	}
}

func TestCloseLeavesNoProcessAndNoPort(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "look", "look")
	addProgram(t, local, "obey", "obey", func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Second })
	s, failed := call[seen](t, local, "look", "{}")
	hung, _ := call[int](t, local, "obey", `"stay"`)
	call[int](t, local, "obey", `"hang"`)
	if failed != "" || hung == 0 {
		t.Fatalf("the programs failed: %s", failed)
	}
	local.Close()
	for _, pid := range []int{s.PID, hung} {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d: %v", pid, err)
		}
	}
	if conn, err := net.Dial("tcp", s.RuntimeAPI); err == nil {
		conn.Close()
		t.Errorf("%s is still open", s.RuntimeAPI)
	}
}

// TestExecutableThatAsksTwice: a process that does not answer in time is killed, even
// if it has asked for its next invocation.
func TestExecutableThatAsksTwice(t *testing.T) {
	local, _ := newLocal(t)
	log := addProgram(t, local, "f", "ask twice", func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Second })
	for range 2 {
		if _, failed := call[any](t, local, "f", ""); !strings.Contains(failed, "Sandbox.Timedout") {
			t.Errorf("got %s", failed)
		}
	}
	local.Close()
	if got := strings.Count(log.String(), "asked\n"); got != 2 {
		t.Errorf("%d processes for two timeouts", got)
	}
}

func TestExecutableThatDiesWhileIdle(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "die while idle")
	for range 2 {
		pid, failed := call[int](t, local, "f", "")
		if failed != "" {
			t.Fatal(failed)
		}
		eventually(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
	}
}

func TestCrashAfterEndsTheProcess(t *testing.T) {
	local, _ := newLocal(t, faulty(lambdalocal.Faults{CrashAfter: 1}))
	log := addProgram(t, local, "f", "count")
	for range 3 {
		call[any](t, local, "f", "")
	}
	local.Close()
	if log.String() != "run 1\nrun 1\nrun 1\n" {
		t.Errorf("the processes wrote %q", log)
	}
}

func TestCrashBeforeEndsAWarmProcess(t *testing.T) {
	local, _ := newLocal(t, faulty(lambdalocal.Faults{CrashBefore: 0.5}))
	addProgram(t, local, "f", "obey")
	warm := 0
	eventually(t, func() bool {
		pid, failed := call[int](t, local, "f", `"stay"`)
		if failed == "" {
			warm = pid
		}
		return failed != "" && warm != 0 && errors.Is(syscall.Kill(warm, 0), syscall.ESRCH)
	})
}

// TestExecutableWithALongLine: a long line is written in pieces before it ends.
func TestExecutableWithALongLine(t *testing.T) {
	local, _ := newLocal(t)
	log := addProgram(t, local, "f", "long line")
	call[any](t, local, "f", "")
	eventually(t, func() bool { return strings.Count(log.String(), "\n") >= 2 })
}

func TestRuntimeAPITakesOneAnswer(t *testing.T) {
	local, _ := newLocal(t)
	addProgram(t, local, "f", "answer twice", func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 1 })
	eventually(t, func() bool {
		second, failed := call[string](t, local, "f", "")
		if failed != "" || second != "none" && !strings.HasPrefix(second, "400") {
			t.Fatalf("the second answer got %s, %s", second, failed)
		}
		return second != "none"
	})
}

func TestFunctionRefusesExecutables(t *testing.T) {
	local, _ := newLocal(t)
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/no/such/file", file} {
		if _, err := local.AddFunction("f", &lambdalocal.Executable{Path: path}); err == nil || !strings.Contains(err.Error(), "Executable.Path") {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func TestExecutableThatIsNoProgram(t *testing.T) {
	local, _ := newLocal(t)
	file := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(file, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	add(t, local, "f", lambdalocal.Executable{Path: file})
	out, err := invoke(t.Context(), local, "f", "", types.InvocationTypeRequestResponse)
	if err != nil || !strings.Contains(string(out.Payload), "Runtime.InvalidEntrypoint") {
		t.Errorf("got %s, %v", out.Payload, err)
	}
}
