package lambdalocal_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func ExampleLocal_AddFunction() {
	local := lambdalocal.New()
	defer local.Close()
	_, err := local.AddFunction("double", func(ctx context.Context, n int) (int, error) { return 2 * n, nil },
		func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		panic(err)
	}
	out, err := local.Client().Invoke(context.Background(), &lambda.InvokeInput{FunctionName: aws.String("double"), Payload: []byte("21")})
	fmt.Println(string(out.Payload), err)
	// Output: 42 <nil>
}

// Any client whose endpoint can be set works: the AWS SDKs, AWS's command line, curl.
func ExampleLocal_InvokeAPI() {
	local := lambdalocal.New()
	defer local.Close()
	if _, err := local.AddFunction("greet", func(ctx context.Context, name string) (string, error) { return "hello " + name, nil }); err != nil {
		panic(err)
	}
	server := httptest.NewServer(local.InvokeAPI())
	defer server.Close()
	resp, err := http.Post(server.URL+"/2015-03-31/functions/greet/invocations", "application/json", strings.NewReader(`"Ada"`))
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	fmt.Println(string(answer), err)
	// Output: "hello Ada" <nil>
}

func ExampleLocal_Trace() {
	local := lambdalocal.New()
	defer local.Close()
	if _, err := local.AddFunction("greet", func() {}); err != nil {
		panic(err)
	}
	if _, err := local.Client().Invoke(context.Background(), &lambda.InvokeInput{FunctionName: aws.String("greet")}); err != nil {
		panic(err)
	}
	for line := range strings.Lines(local.Trace()) { // 0.001 s  greet  4f6a2c10  returned after 0.000 s
		words := strings.Fields(line)
		fmt.Println(words[2], words[4])
	}
	// Output:
	// greet invoked
	// greet started
	// greet returned
}

// The seed makes the same things fail in the next run.
func ExampleFaults() {
	local := lambdalocal.New(func(o *lambdalocal.Options) {
		o.Faults = lambdalocal.Faults{CrashAfter: 1, Throttle: 0.2, Seed: 7}
		o.Logger = slog.New(slog.DiscardHandler)
	})
	defer local.Close()
	if _, err := local.AddFunction("work", func() { fmt.Println("worked, then crashed") }); err != nil {
		panic(err)
	}
	out, err := local.Client().Invoke(context.Background(), &lambda.InvokeInput{FunctionName: aws.String("work")})
	if err != nil {
		panic(err)
	}
	fmt.Println(*out.FunctionError)
	// Output:
	// worked, then crashed
	// Unhandled
}

// The program is the one you deploy. Build it before the test.
func ExampleExecutable() {
	test := func(t *testing.T) { // TestDeployedFunction
		local := lambdalocal.New()
		defer local.Close()
		_, err := local.AddFunction("slackwebhook", &lambdalocal.Executable{
			Path:   "build/slackwebhook/bootstrap",
			Env:    []string{"SLACK_SIGNING_SECRET=" + os.Getenv("SLACK_SIGNING_SECRET")},
			Output: t.Output(),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = test
}

// A schedule of a minute, in which a minute takes 10 ms.
func ExampleFunction_Schedule() {
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.WaitScale = 1.0 / 6000 })
	defer local.Close()

	swept := make(chan string, 100)
	sweep, err := local.AddFunction("sweep", func(event struct{ Source string }) { swept <- event.Source })
	if err != nil {
		panic(err)
	}
	if err := sweep.Schedule(time.Minute); err != nil {
		panic(err)
	}
	fmt.Println(<-swept)
	// Output: aws.events
}
