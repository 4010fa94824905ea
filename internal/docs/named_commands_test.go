package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNamedCommands: what a command names exists, in the text of Markdown and in indented
// lines of comments: targets of make, folders, flags of the programs here, and at least one
// test or benchmark for each alternative of -run and -bench. TestCommands runs those of
// blocks.
func TestNamedCommands(t *testing.T) {
	t.Parallel()
	functions := testFunctions(t)
	commands := namedCommands(t)
	if len(commands) < 30 {
		t.Errorf("found %d commands", len(commands))
	}
	for _, c := range commands {
		for _, problem := range check(t, c.words, functions) {
			t.Errorf("%s: %s: %s", c.file, strings.Join(c.words, " "), problem)
		}
	}
}

type command struct {
	file  string
	words []string
}

var (
	spanCommand    = regexp.MustCompile("`((?:go (?:test|run)|make) [^`]+)`")
	commentCommand = regexp.MustCompile(`(?m)^\s*//\t+((?:go (?:test|run)|make) .*)$`)
	blockCommand   = regexp.MustCompile(`^(go (test|run)|make) `)
	word           = regexp.MustCompile(`'[^']*'|\S+`)
)

func namedCommands(t *testing.T) (all []command) {
	t.Helper()
	add := func(file, text string) {
		text, _, _ = strings.Cut(text, " #")
		c := command{file: file}
		for _, w := range word.FindAllString(text, -1) {
			c.words = append(c.words, strings.Trim(w, "'"))
		}
		all = append(all, c)
	}
	for _, p := range pages(t) {
		for _, m := range spanCommand.FindAllStringSubmatch(strings.Join(p.prose, " "), -1) {
			add(p.file, m[1])
		}
		for _, b := range p.blocks {
			for line := range strings.Lines(b.text) {
				if b.language == "sh" && blockCommand.MatchString(line) {
					add(p.file, line)
				}
			}
		}
	}
	for _, file := range tracked(t, "*.go") {
		for _, m := range commentCommand.FindAllStringSubmatch(read(t, file), -1) {
			add(file, m[1])
		}
	}
	return all
}

// check returns what of a command does not exist.
func check(t *testing.T, words []string, functions map[string][]string) (problems []string) {
	t.Helper()
	if words[0] == "make" {
		return noTarget(t, words[1])
	}
	flags, folders := arguments(words[2:])
	base := path.Join(".", flags["-C"])
	if words[1] == "run" {
		return noProgram(t, path.Join(base, folders[0]), flags)
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(root, base, strings.TrimSuffix(folder, "..."))); err != nil {
			problems = append(problems, "there is no "+folder)
		}
	}
	for flag, kind := range map[string]string{"-run": "Test", "-bench": "Benchmark", "-fuzz": "Fuzz"} {
		if pattern, ok := flags[flag]; ok && (flag != "-run" || flags["-bench"] == "") {
			problems = append(problems, noFunction(base, folders, kind, pattern, functions)...)
		}
	}
	return problems
}

// arguments takes the word behind a flag for its value. No folder is the current one.
func arguments(words []string) (flags map[string]string, folders []string) {
	flags = map[string]string{}
	for i, w := range words {
		name, value, given := strings.Cut(w, "=")
		switch {
		case w == "." || strings.HasPrefix(w, "./"):
			folders = append(folders, w)
		case strings.HasPrefix(w, "-") && !given && i+1 < len(words):
			flags[w] = words[i+1]
		case strings.HasPrefix(w, "-"):
			flags[name] = value
		}
	}
	if folders == nil {
		folders = []string{"./..."}
	}
	return flags, folders
}

func noTarget(t *testing.T, target string) []string {
	t.Helper()
	if !strings.Contains(read(t, "Makefile"), "\n"+target+":") {
		return []string{"the Makefile has no such target"}
	}
	return nil
}

// noProgram checks that each flag is one that the program defines.
func noProgram(t *testing.T, folder string, flags map[string]string) (problems []string) {
	t.Helper()
	source := ""
	for _, file := range tracked(t, folder+"/*.go") {
		source += read(t, file)
	}
	for name := range flags {
		if !strings.Contains(source, `"`+strings.TrimLeft(name, "-")+`"`) {
			problems = append(problems, "the program has no flag "+name)
		}
	}
	return problems
}

// noFunction checks that each alternative of a pattern matches a function in the folders.
func noFunction(base string, folders []string, kind, pattern string, functions map[string][]string) (problems []string) {
	for alternative := range strings.SplitSeq(pattern, "|") {
		expr, found := regexp.MustCompile(alternative), false
		for folder, names := range functions {
			if !inPatterns(folder, base, folders) {
				continue
			}
			found = found || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, kind) && expr.MatchString(n) })
		}
		if !found {
			problems = append(problems, "nothing matches "+alternative)
		}
	}
	return problems
}

// inPatterns reports whether one of the patterns of the command go has the folder.
func inPatterns(folder, base string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		start, all := strings.CutSuffix(p, "...")
		at := path.Join(base, start)
		return folder == at || all && (at == "." || strings.HasPrefix(folder, at+"/"))
	})
}

var anyFunction = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)

// testFunctions are the tests and benchmarks of each folder.
func testFunctions(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, file := range tracked(t, "*_test.go") {
		for _, m := range anyFunction.FindAllStringSubmatch(read(t, file), -1) {
			all[path.Dir(file)] = append(all[path.Dir(file)], m[1])
		}
	}
	return all
}
