package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNamedSymbols: what Markdown names in code as package.Name or Type.Member exists, and so
// does what a doc comment links to.
func TestNamedSymbols(t *testing.T) {
	t.Parallel()
	all := librarySymbols(t)
	for _, p := range pages(t) {
		for i, line := range p.prose {
			for _, span := range code.FindAllString(line, -1) {
				for _, name := range all.missing(span) {
					t.Errorf("%s:%d: there is no %s", p.file, i+1, name)
				}
			}
		}
	}
	for folder, pkg := range all {
		for at, name := range pkg.links {
			if ast.IsExported(name) && !pkg.names[name] || len(all.missing(name)) > 0 {
				t.Errorf("%s: %s links to %s, which does not exist", folder, at, name)
			}
		}
	}
}

// symbols are the library's packages by their names.
type symbols map[string]*symbolsOf

type symbolsOf struct {
	names map[string]bool   // exported: Name, Type.Field and Type.Method
	links map[string]string // of doc comments, by their position
}

var (
	qualified = regexp.MustCompile(`(?:^|[^\w.])([a-z]\w*)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
	member    = regexp.MustCompile("^`([A-Z]\\w*)\\.([A-Z]\\w*)`$")
	docLink   = regexp.MustCompile(`\[\*?((?:[a-z]\w*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?)\](?:[^!]|$)`)
	testName  = regexp.MustCompile(`^(Test|Fuzz|Example)`)
)

// missing are the names in a text that the library should have and does not have.
func (all symbols) missing(text string) (names []string) {
	for _, m := range qualified.FindAllStringSubmatch(text, -1) {
		if pkg := all[m[1]]; pkg != nil && !testName.MatchString(m[2]) && !pkg.names[m[2]] {
			names = append(names, m[1]+"."+m[2])
		}
	}
	if m := member.FindStringSubmatch(text); m != nil && all.has(m[1]) && !all.has(m[1]+"."+m[2]) {
		names = append(names, m[1]+"."+m[2])
	}
	return names
}

func (all symbols) has(name string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(all)), func(p *symbolsOf) bool { return p.names[name] })
}

func librarySymbols(t *testing.T) symbols {
	t.Helper()
	all, files := symbols{}, tracked(t, "*.go")
	for _, folder := range publicPackages(t) {
		p := &symbolsOf{names: map[string]bool{}, links: map[string]string{}}
		all[path.Base(folder)] = p
		embeds := map[string][]string{}
		for _, file := range files {
			if path.Dir(file) == folder && !strings.HasSuffix(file, "_test.go") {
				p.read(t, file, read(t, file), embeds)
			}
		}
		p.promote(embeds)
	}
	return all
}

func (p *symbolsOf) read(t *testing.T, file, content string, embeds map[string][]string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.names[receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				p.spec(spec, embeds)
			}
		}
	}
	for _, group := range parsed.Comments {
		for _, m := range docLink.FindAllStringSubmatch(commentProse(set, group).text, -1) {
			p.links[set.Position(group.Pos()).String()+" "+m[1]] = m[1]
		}
	}
}

func (p *symbolsOf) spec(spec ast.Spec, embeds map[string][]string) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			p.names[name.Name] = true
		}
	case *ast.TypeSpec:
		p.names[s.Name.Name] = true
		for _, field := range members(s.Type) {
			for _, name := range field.Names {
				p.names[s.Name.Name+"."+name.Name] = true
			}
			if len(field.Names) == 0 {
				embedded := base(field.Type)
				p.names[s.Name.Name+"."+embedded] = true
				embeds[s.Name.Name] = append(embeds[s.Name.Name], embedded)
			}
		}
	}
}

// promote gives a type the members of those of its package that it embeds.
func (p *symbolsOf) promote(embeds map[string][]string) {
	for outer, inners := range embeds {
		for _, inner := range inners {
			for name := range maps.Clone(p.names) {
				if member, ok := strings.CutPrefix(name, inner+"."); ok {
					p.names[outer+"."+member] = true
				}
			}
		}
	}
}

// receiver is the name of a method's type and a dot.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	return base(d.Recv.List[0].Type) + "."
}

func members(typ ast.Expr) []*ast.Field {
	switch typ := typ.(type) {
	case *ast.StructType:
		return typ.Fields.List
	case *ast.InterfaceType:
		return typ.Methods.List
	}
	return nil
}

// base is the name of a type without its package, pointer and type parameters.
func base(typ ast.Expr) string {
	switch typ := typ.(type) {
	case *ast.StarExpr:
		return base(typ.X)
	case *ast.IndexExpr:
		return base(typ.X)
	case *ast.IndexListExpr:
		return base(typ.X)
	case *ast.SelectorExpr:
		return typ.Sel.Name
	case *ast.Ident:
		return typ.Name
	}
	return ""
}
