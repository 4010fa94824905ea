// Package house holds the library to its plan: what each package may import, and how
// large a folder and a file may be.
package house

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/asyncpatterns/asyncpatterns"

// plan says of each package which others of the library it imports, and which of the
// groups of foreign packages it links, itself or through them. Imports point down:
// a package stands below those that it imports.
var plan = []struct{ pkg, imports, links string }{
	{"", "", ""},

	{"jobstore/internal/rules", "", ""},
	{"jobstore", "internal/option jobstore/internal/rules jobstore/internal/value", ""},
	{"jobstore/internal/value", "", ""},
	{"jobstore/internal/value/valuetest", "", "go-cmp"},
	{"jobstore/internal/attr", "jobstore/internal/value", "values"},
	{"jobstore/driver", "internal/option jobstore jobstore/internal/rules jobstore/internal/value", ""},
	{"jobstore/memstore", "internal/option jobstore jobstore/driver jobstore/internal/attr jobstore/internal/value", "values"},
	{"jobstore/dynamostore", "internal/option internal/outbound jobstore jobstore/driver jobstore/internal/attr jobstore/internal/rules", "sdk values dynamodb"},
	{"jobstore/appsyncstore", "internal/appsyncauth internal/awsjson internal/option internal/outbound internal/pairid jobstore jobstore/driver jobstore/internal/value", "sdk"},
	{"jobstore/jobstoretest", "jobstore jobstore/driver jobstore/internal/value/valuetest", "go-cmp"},

	{"streamproc/internal/avjson", "", "values"},
	{"streamproc", "internal/option streamproc/internal/avjson", "lambda-go values"},
	{"streamproc/streamtest", "internal/option streamproc", "lambda-go values"},
	{"selfinvoke", "internal/exactjson internal/mackey internal/option internal/outbound internal/streaming internal/taskctx", "lambda-go sdk lambda"},
	{"internal/httpevent", "", "lambda-go"},
	{"internal/streaming", "", "lambda-go"},
	{"lambdahttp", "internal/exactjson internal/loopback internal/option internal/streaming", "lambda-go"},
	{"webhook", "internal/option internal/secrettext lambdahttp", "lambda-go"},
	{"webhook/webhooktest", "internal/httpevent internal/option webhook", "lambda-go"},

	{"jobstream", "internal/jobsize internal/option internal/pairid internal/recent jobstore streamproc", "lambda-go values"},
	{"jobtask", "internal/exactjson internal/input internal/jobsize internal/option internal/recent internal/taskctx jobstore jobstream selfinvoke streamproc", "lambda-go values sdk lambda"},
	{"jobhttp", "internal/input internal/mackey internal/option jobstore", ""},
	{"jobhttp/jobclient", "internal/option internal/outbound jobhttp jobstore", ""},
	{"jobevents", "internal/appsyncauth internal/awsjson internal/option internal/outbound internal/pairid jobhttp jobstore jobstore/driver streamproc", "lambda-go values sdk"},

	{"lambdalocal/internal/filter", "", ""},
	{"lambdalocal/internal/httpresult", "internal/httpevent", "lambda-go"},
	{"lambdalocal/internal/invokeapi", "", ""},
	{"lambdalocal/internal/process", "internal/child internal/loopback", "lambda-go"},
	{"lambdalocal/internal/source", "internal/outbound", "sdk values dynamodbstreams"},
	{"lambdalocal", "internal/httpevent internal/loopback internal/option internal/streaming lambdalocal/internal/filter lambdalocal/internal/httpresult lambdalocal/internal/invokeapi lambdalocal/internal/process lambdalocal/internal/source", "lambda-go sdk values dynamodbstreams lambda"},

	{"internal/appsyncauth", "", "sdk"},
	{"internal/awsjson", "", ""},
	{"internal/child", "", ""},
	{"internal/costs", "jobstore/driver", ""},
	{"internal/exactjson", "", ""},
	{"internal/input", "", ""},
	{"internal/jobsize", "", ""},
	{"internal/loopback", "", ""},
	{"internal/mackey", "internal/secrettext", ""},
	{"internal/option", "", ""},
	{"internal/pairid", "", ""},
	{"internal/outbound", "", ""},
	{"internal/recent", "", ""},
	{"internal/secrettext", "", ""},
	{"internal/taskctx", "", ""},
	{"internal/docs", "", ""},
	{"internal/house", "", ""},
	{"internal/testenv", "", ""},
	{"internal/dynamotest", "internal/child internal/testenv", ""},
	{"internal/appsynctest", "internal/child internal/dynamotest internal/testenv", "sdk values dynamodb"},
	{"internal/eventstest", "", "sdk"},
	{"internal/lineartest", "", ""},
	{"internal/fronttest", "lambdalocal", "lambda-go sdk values dynamodbstreams lambda"},
}

const sdk = "github.com/aws/aws-sdk-go-v2/"

// groups are the foreign packages, by what they are for. A package belongs to the
// group that has the longest prefix of its path.
var groups = map[string]string{
	"github.com/aws/aws-lambda-go":          "lambda-go",
	sdk + "aws":                             "sdk",
	sdk + "credentials":                     "sdk",
	sdk + "internal":                        "sdk",
	sdk + "service/internal":                "sdk",
	"github.com/aws/smithy-go":              "", // sdk and values share it
	sdk + "feature/dynamodb/attributevalue": "values",
	sdk + "service/dynamodb":                "dynamodb",
	sdk + "service/dynamodb/types":          "values",
	sdk + "service/dynamodb/schemas":        "values",
	sdk + "service/dynamodbstreams":         "dynamodbstreams",
	sdk + "service/dynamodbstreams/types":   "values",
	sdk + "service/dynamodbstreams/schemas": "values",
	sdk + "service/lambda":                  "lambda",
	"github.com/google/go-cmp":              "go-cmp",
	module:                                  "",
}

func TestImports(t *testing.T) {
	planned := map[string]bool{}
	packages := list(t)
	for _, p := range plan {
		planned[p.pkg] = true
		got, ok := packages[p.pkg]
		if !ok {
			t.Errorf("there is no package %s", p.pkg)
			continue
		}
		if want := strings.Fields(p.imports); !same(got.imports, want) {
			t.Errorf("%s imports %q of the library, want %q", p.pkg, got.imports, want)
		}
		if want := strings.Fields(p.links); !same(got.links, want) {
			t.Errorf("%s links %q, want %q", p.pkg, got.links, want)
		}
	}
	for pkg := range packages {
		if !planned[pkg] {
			t.Errorf("%s is not in the plan", pkg)
		}
	}
}

func same(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

type imported struct{ imports, links []string }

// list returns the packages of the library by their path in it.
func list(t *testing.T) map[string]imported {
	t.Helper()
	packages := map[string]imported{}
	for line := range strings.Lines(goList(t, "-f", `{{.ImportPath}};{{join .Imports " "}};{{join .Deps " "}}`, module+"/...")) {
		columns := strings.Split(strings.TrimSpace(line), ";")
		var p imported
		for _, path := range strings.Fields(columns[1]) {
			if own, ok := strings.CutPrefix(path, module+"/"); ok {
				p.imports = append(p.imports, own)
			}
		}
		links := map[string]bool{}
		for _, path := range strings.Fields(columns[2]) {
			links[group(path)] = true
		}
		delete(links, "")
		p.links = slices.Collect(maps.Keys(links))
		packages[strings.TrimPrefix(strings.TrimPrefix(columns[0], module), "/")] = p
	}
	return packages
}

// group is "" for the standard library, and the path itself for a package that is in
// no group.
func group(path string) string {
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return ""
	}
	for prefix := path; prefix != ""; prefix = prefix[:max(strings.LastIndex(prefix, "/"), 0)] {
		if name, ok := groups[prefix]; ok {
			return name
		}
	}
	return path
}

// modules are those that users of the library get. Each has its reason in
// docs/design.md.
var modules = []string{
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

func TestModules(t *testing.T) {
	got := strings.Fields(goList(t, "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all"))
	if !slices.Equal(got, modules) {
		t.Errorf("go.mod requires %q, want %q", got, modules)
	}
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v", args, err)
	}
	return string(out)
}
