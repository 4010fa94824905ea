package lambdalocal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing/iotest"
	"time"
)

// trace is an error document as a Node.js runtime reports it.
const trace = `{"errorType":"TypeError","errorMessage":"no luck","trace":["TypeError: no luck","    at handler (/var/task/index.js:1:7)"]}`

// runtimeClient is a program that asks the Runtime API itself.
func runtimeClient(name string) {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(api + "next")
		if err != nil {
			return
		}
		event, _ := io.ReadAll(next.Body)
		next.Body.Close()
		answer := api + next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		switch name {
		case "report a trace":
			post(answer+"/error", strings.NewReader(trace))
		case "report no document":
			post(answer+"/error", strings.NewReader("no luck"))
		case "work on":
			post(answer+"/response", strings.NewReader(fmt.Sprint(os.Getpid())))
			for string(event) == `"wait"` { // until a test says so
				if _, err := os.Stat(os.Getenv("MEETING") + "/done"); err == nil {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
	}
}

func post(url string, body io.Reader) {
	resp, err := http.Post(url, "application/json", body)
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
}

// show returns the program's directory and environment.
func show() (seen struct {
	Dir string
	Env []string
}, err error,
) {
	seen.Env = os.Environ()
	seen.Dir, err = os.Getwd()
	return seen, err
}

// logLines writes the event's lines, and does what the last one says.
func logLines(lines []string) error {
	for _, line := range lines {
		fmt.Print(line)
		switch line {
		case "exit":
			os.Exit(3)
		case "hang":
			select {}
		}
	}
	return nil
}

// breakOff fails in the middle of its response.
func breakOff(context.Context) (io.Reader, error) {
	return io.MultiReader(strings.NewReader("first"), iotest.ErrReader(&problem{"no luck"})), nil
}
