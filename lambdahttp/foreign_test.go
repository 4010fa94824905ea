package lambdahttp_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// served are the events among aws-lambda-go's test data that are HTTP requests.
var served = map[string]string{
	"apigw-request.json":                                "/hello/world",
	"apigw-restapi-openapi-request.json":                "/hello/world",
	"apigw-v2-request-iam.json":                         "/my/path",
	"apigw-v2-request-jwt-authorizer.json":              "/my/path",
	"apigw-v2-request-lambda-authorizer.json":           "/my/path",
	"apigw-v2-request-no-authorizer.json":               "/",
	"alb-lambda-target-request-headers-only.json":       "/",
	"alb-lambda-target-request-multivalue-headers.json": "/",
	"lambda-urls-request.json":                          "/my/path",
}

// TestWrapServesOnlyRequests of all kinds of events that aws-lambda-go has test data of.
func TestWrapServesOnlyRequests(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "events", "testdata", "*.json"))
	if err != nil || len(files) < 50 {
		t.Fatalf("aws-lambda-go has %d events, %v", len(files), err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got seen
		_, err = lambdahttp.Wrap(watch(&got)).Invoke(t.Context(), payload)
		want, isRequest := served[filepath.Base(file)]
		if e := (*lambdahttp.EventError)(nil); isRequest == errors.As(err, &e) || got.Path != want {
			t.Errorf("%s: path %q, %v", filepath.Base(file), got.Path, err)
		}
	}
}
