package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretive matches the names of fields and types that may hold a key, a secret or a
// token.
var secretive = regexp.MustCompile(`(?i)key|secret|token|owner|credential|authoriz|signature|password|header|client|^env|mac$`)

// harmless are fields with such a name that hold nothing of the kind.
var harmless = map[string]string{
	"jobhttp/jobclient.Options.HTTPClient":           "its own headers are the user's",
	"jobhttp/jobclient.CreateOptions.IdempotencyKey": "names a request",
	"jobstore.Layout.SortKey":                        "the name of an attribute",
	"jobstore/dynamostore.Options.SortKey":           "the name of an attribute",
	"jobstore/dynamostore.Attributes.ClaimToken":     "the name of an attribute",
	"jobstore/dynamostore.Attributes.CreateToken":    "the name of an attribute",
	"jobstore/appsyncstore.Fields.ClaimToken":        "the name of a field",
	"jobstore/appsyncstore.Fields.CreateToken":       "the name of a field",
	"jobstore/appsyncstore.Options.HTTPClient":       "its own headers are the user's",
	"jobstore/appsyncstore.Options.SortKeys":         "the names of fields",
	"jobstore/appsyncstore.Store.client":             "its Authorizer hides, see TestNothingPrintsCredentials",
	"lambdalocal.HTTPAPIOptions.RouteKey":            "the route of an HTTP API",
	"streamproc.RawRecord.keys":                      "an item's key in its table",
	"streamproc.Record.Keys":                         "an item's key in its table",
	"streamproc/streamtest.Record.Keys":              "an item's key in its table",
	"streamproc/streamtest.Options.Keys":             "the names of attributes",
	"webhook.RefusedError.Header":                    "the name of a header",
	"webhook.Response.Header":                        "what the handler answers",
	"webhook.Scheme.Signature":                       "the name of a header",
	"webhook/webhooktest.Request.Header":             "of a test",
	"webhook/webhooktest.Options.Header":             "of a test",
}

// TestTypesHideTheirSecrets: each exported type that has a field for a key, a secret or a
// token implements fmt.Formatter, and encoding/json does not write the field. Whether its
// Format hides the field is for the tests of its package.
func TestTypesHideTheirSecrets(t *testing.T) {
	used := map[string]bool{}
	for pkg, files := range publicPackages(t) {
		hides := formatters(files)
		eachExportedStruct(files, func(name string, s *ast.StructType) {
			for _, field := range secretFields(s, hides) {
				full := pkg + "." + name + "." + field.name
				used[full] = true
				switch _, ok := harmless[full]; {
				case ok:
				case !hides[name]:
					t.Errorf("%s is printed: hide it in a method Format, and test that, or say in this file why it may be shown", full)
				case field.json:
					t.Errorf("%s is written as JSON: it needs the tag json:\"-\"", full)
				}
			}
		})
	}
	for field, reason := range harmless {
		if !used[field] || reason == "" {
			t.Errorf("%s is not a field, or has no reason", field)
		}
	}
}

// publicPackages returns the parsed files of each package that users can import.
func publicPackages(t *testing.T) map[string][]*ast.File {
	t.Helper()
	root := filepath.Join("..", "..")
	packages := map[string][]*ast.File{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && isNotPublic(root, name, d.Name()):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, 0)
		packages[path.Dir(name)] = append(packages[path.Dir(name)], file)
		return err
	})
	if err != nil || len(packages["selfinvoke"]) == 0 {
		t.Fatal(len(packages), err)
	}
	return packages
}

// isNotPublic reports whether a folder is internal, hidden, data, or another module.
func isNotPublic(root, name, base string) bool {
	_, err := os.Stat(filepath.Join(root, name, "go.mod"))
	return err == nil || base == "internal" || base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".")
}

// formatters returns the types that have a method Format for values and pointers.
func formatters(files []*ast.File) map[string]bool {
	all := map[string]bool{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "Format" {
				receiver, _, _ := strings.Cut(types.ExprString(f.Recv.List[0].Type), "[")
				all[receiver] = true
			}
		}
	}
	return all
}

func eachExportedStruct(files []*ast.File, visit func(name string, s *ast.StructType)) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if s, ok := spec.Type.(*ast.StructType); ok {
					visit(spec.Name.Name, s)
				}
			}
			return true
		})
	}
}

// secretField is a field that may hold a secret. Its json is true if encoding/json writes it.
type secretField struct {
	name string
	json bool
}

// secretFields returns the fields that may hold a secret and that fmt would print. Of a
// func it prints the address. Exported fields of types that hide their secrets are left
// out: fmt asks those types.
func secretFields(s *ast.StructType, hides map[string]bool) (found []secretField) {
	for _, field := range s.Fields.List {
		kind := types.ExprString(field.Type)
		if strings.HasPrefix(kind, "func") || slices.Contains([]string{"bool", "int", "time.Duration"}, kind) {
			continue
		}
		for _, name := range namesOf(field) {
			hidden := ast.IsExported(name) && hides[kind]
			if !hidden && (secretive.MatchString(name) || secretive.MatchString(kind)) {
				found = append(found, secretField{name, ast.IsExported(name) && !isOutOfJSON(s, field)})
			}
		}
	}
	return found
}

// namesOf returns one name for an embedded field.
func namesOf(field *ast.Field) (names []string) {
	for _, name := range field.Names {
		names = append(names, name.Name)
	}
	if names == nil {
		names = []string{strings.TrimPrefix(types.ExprString(field.Type), "*")}
	}
	return names
}

// isOutOfJSON reports whether a field has the tag "-", or is in a struct that
// encoding/json refuses, because it has a func.
func isOutOfJSON(s *ast.StructType, field *ast.Field) bool {
	refused := slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		_, ok := f.Type.(*ast.FuncType)
		return ok && ast.IsExported(namesOf(f)[0])
	})
	return refused || field.Tag != nil && strings.Contains(field.Tag.Value, `json:"-"`)
}
