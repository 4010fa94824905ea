// Package deps checks what each package of the library may import.
package deps

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/asyncpatterns/asyncpatterns"
	aws    = "github.com/aws/"
	sdk    = "github.com/aws/aws-sdk-go-v2/"
)

// forbidden lists, for each package, prefixes that no package it links may have.
// An entry that ends in $ is a whole import path. A package may link what is in its own
// internal folder. Every store links jobstore/driver.
var forbidden = map[string][]string{
	"":                        {aws, module + "/"},
	"jobstore":                {aws, module + "/"},
	"jobstore/driver":         {aws, module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp"},
	"jobstore/internal/rules": {aws, module + "/"},
	"jobstore/memstore":       {aws, module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp"},
	"jobstore/dynamostore":    {"github.com/aws/aws-lambda-go", module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp"},
	"jobstore/appsyncstore":   {"github.com/aws/aws-lambda-go", sdk + "service/", module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp"},
	"jobstore/jobstoretest":   {aws, module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp"},
	"streamproc":              {sdk + "service/dynamodb$", sdk + "service/dynamodbstreams$", sdk + "service/lambda", module + "/"},
	"jobstream":               {sdk + "service/dynamodb$", sdk + "service/dynamodbstreams$", sdk + "service/lambda", module + "/lambdahttp", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobhttp", module + "/jobtask", module + "/jobstore/driver"},
	"selfinvoke":              {sdk + "service/dynamodb", module + "/"},
	"jobtask":                 {sdk + "service/dynamodb$", sdk + "service/dynamodbstreams$", module + "/webhook", module + "/lambdalocal", module + "/jobhttp", module + "/jobstore/driver"},
	"lambdahttp":              {sdk, "github.com/google", module + "/"},
	"webhook":                 {sdk, "github.com/google", module + "/jobstore", module + "/jobstream", module + "/streamproc", module + "/selfinvoke", module + "/jobtask", module + "/jobhttp", module + "/lambdalocal", module + "/internal"},
	"webhook/webhooktest":     {sdk, "github.com/google", module + "/jobstore", module + "/streamproc", module + "/selfinvoke", module + "/jobtask", module + "/jobhttp", module + "/lambdalocal", module + "/internal/appsynctest", module + "/internal/child", module + "/internal/dynamotest"},
	"jobhttp":                 {aws, module + "/streamproc", module + "/selfinvoke", module + "/webhook", module + "/lambdalocal", module + "/jobstore/driver"},
	"lambdalocal":             {module + "/jobstore", module + "/lambdahttp", module + "/jobhttp", module + "/streamproc", module + "/selfinvoke", module + "/webhook", sdk + "service/dynamodb$"},

	"lambdalocal/internal/filter":     {aws, module + "/"},
	"lambdalocal/internal/httpresult": {sdk, module + "/lambdahttp", module + "/webhook"},
	"lambdalocal/internal/process":    {sdk, module + "/lambdahttp", module + "/webhook"},
	"lambdalocal/internal/source":     {"github.com/aws/aws-lambda-go", sdk + "service/dynamodb$", sdk + "service/lambda", module + "/"},
}

func TestImports(t *testing.T) {
	for pkg, prefixes := range forbidden {
		path := strings.TrimSuffix(module+"/"+pkg, "/")
		for _, dep := range list(t, "-deps", path) {
			for _, prefix := range prefixes {
				whole, exact := strings.CutSuffix(prefix, "$")
				if dep != path && !strings.HasPrefix(dep, path+"/internal/") && (exact && dep == whole || !exact && strings.HasPrefix(dep, prefix)) {
					t.Errorf("%s must not link %s", path, dep)
				}
			}
		}
	}
}

func TestEveryPackageHasARule(t *testing.T) {
	for _, path := range list(t, module+"/...") {
		pkg := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if _, ok := forbidden[pkg]; !ok && !strings.HasPrefix(pkg, "internal/") && !strings.HasPrefix(pkg, "examples/") {
			t.Errorf("%s has no rule about what it may import", path)
		}
	}
}

// allowed are the modules that users of the library get. Each has its reason in
// docs/design.md.
var allowed = []string{
	"github.com/aws/aws-lambda-go",
	"github.com/aws/aws-sdk-go-v2",
	"github.com/aws/aws-sdk-go-v2/credentials",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue",
	"github.com/aws/aws-sdk-go-v2/service/dynamodb",
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams",
	"github.com/aws/aws-sdk-go-v2/service/lambda",
	"github.com/aws/smithy-go",
	"github.com/google/go-cmp",
}

func TestDependencies(t *testing.T) {
	got := list(t, "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all")
	if !slices.Equal(got, allowed) {
		t.Errorf("go.mod requires %q, want %q", got, allowed)
	}
}

func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v", args, err)
	}
	return strings.Fields(string(out))
}
