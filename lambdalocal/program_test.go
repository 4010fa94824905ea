package lambdalocal_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-lambda-go/lambdaurl"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// seen is what a program saw of its invocation.
type seen struct {
	PID        int
	RequestID  string
	ARN        string
	Trace      string
	Client     map[string]string
	Left       time.Duration
	RuntimeAPI string
	Home       string
	Function   string
}

// program is a function of its own process, named by the variable PROGRAM.
func program(name string) {
	switch name {
	case "look":
		lambda.Start(look)
	case "obey":
		lambda.Start(obey)
	case "stream":
		lambda.Start(lambdaurl.Wrap(http.HandlerFunc(stream)))
	case "lambdahttp.Stream":
		lambda.Start(lambdahttp.Stream(http.HandlerFunc(stream)))
	case "selfinvoke.Wrap":
		lambda.Start(selfinvoke.Wrap(lambdahttp.Stream(http.HandlerFunc(stream))))
	case "panic midway":
		lambda.Start(lambdahttp.Stream(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "begun")
			http.NewResponseController(w).Flush()
			panic("lost")
		})))
	case "answer twice":
		answerTwice("http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/")
	case "refuse to start":
		http.Post("http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2018-06-01/runtime/init/error", "application/json",
			strings.NewReader(`{"errorMessage":"no table","errorType":"Config.Missing"}`))
		os.Exit(1)
	case "exit early":
		os.Exit(4)
	case "count":
		runs := 0
		lambda.Start(func() { runs++; fmt.Println("run", runs) })
	case "long line":
		os.Stdout.Write(make([]byte, 3<<20))
		lambda.Start(func() {})
	case "ask twice":
		fmt.Println("asked")
		askTwice("http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/next")
	case "die while idle":
		dieWhileIdle(os.Getenv("AWS_LAMBDA_RUNTIME_API"))
	case "leave a child":
		lambda.Start(leaveChild)
	case "show":
		lambda.Start(show)
	case "log":
		lambda.Start(logLines)
	case "break off":
		lambda.Start(breakOff)
	default:
		runtimeClient(name)
	}
}

func look(ctx context.Context) (seen, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return seen{
		PID: os.Getpid(), RequestID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Trace: trace, Client: lc.ClientContext.Custom,
		Left: time.Until(deadline), RuntimeAPI: os.Getenv("AWS_LAMBDA_RUNTIME_API"), Home: os.Getenv("HOME"),
		Function: os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
	}, nil
}

// stream sends one server-sent event, and the next one after a request to the address
// that its event names.
func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, "data: first\n\n")
	resp, err := http.Get(r.URL.Query().Get("ask"))
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
	fmt.Fprint(w, "data: second\n\n")
}

// askTwice asks for the next invocation before it has answered the first.
func askTwice(next string) {
	for {
		if resp, err := http.Get(next); err == nil {
			resp.Body.Close()
		}
	}
}

// dieWhileIdle answers once, asks again and exits, which its parent does not notice
// for a while: a process of another group has the log's pipe.
func dieWhileIdle(addr string) {
	api := "http://" + addr + "/2018-06-01/runtime/invocation/"
	next, err := http.Get(api + "next")
	if err != nil {
		panic(err)
	}
	next.Body.Close()
	child := exec.Command("sleep", "2")
	child.Stdout, child.SysProcAttr = os.Stdout, &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		panic(err)
	}
	resp, err := http.Post(api+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", strings.NewReader(strconv.Itoa(os.Getpid())))
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(conn, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", addr)
}

// leaveChild exits, but a process that it started holds the connection to addr.
func leaveChild(addr string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return err
	}
	child := exec.Command("sleep", "60")
	child.Stdout, child.ExtraFiles = os.Stdout, []*os.File{file}
	if err := child.Start(); err != nil {
		return err
	}
	os.Exit(5)
	return nil
}

// obey does what the event says, and returns its process ID.
func obey(order string) (int, error) {
	fmt.Println("told to", order)
	switch order {
	case "fail":
		return 0, errors.New("no luck")
	case "panic":
		panic("ouch")
	case "exit":
		fmt.Print("half a line")
		os.Exit(3)
	case "hang":
		select {}
	case "wait for a friend": // until another invocation runs beside this one
		meet(os.Getenv("MEETING"))
	}
	return os.Getpid(), nil
}

// meet returns when two processes have called it.
func meet(dir string) {
	if err := os.WriteFile(fmt.Sprintf("%s/%d", dir, os.Getpid()), nil, 0o600); err != nil {
		panic(err)
	}
	for there := 0; there < 2; <-time.After(5 * time.Millisecond) {
		entries, _ := os.ReadDir(dir)
		there = len(entries)
	}
}

// answerTwice is a runtime of its own that sends each answer twice. An answer is the
// status that the second copy of the previous one got.
func answerTwice(api string) {
	for second := "none"; ; {
		next, err := http.Get(api + "next")
		if err != nil {
			return
		}
		next.Body.Close()
		answer := func() string {
			resp, err := http.Post(api+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", strings.NewReader(`"`+second+`"`))
			if err != nil {
				panic(err)
			}
			resp.Body.Close()
			return resp.Status
		}
		answer()
		second = answer()
	}
}
