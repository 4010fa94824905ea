package testenv

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var number = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]+)?`)

// Figures checks what a page says: the first numbers behind the beginning of a row, such as
// "| one function |", are those given, but for the tolerance, of which 0.1 is a tenth.
func Figures(tb testing.TB, page, row string, tolerance float64, want ...float64) {
	tb.Helper()
	_, rest, found := strings.Cut(read(tb, page), "\n"+row)
	line, _, _ := strings.Cut(rest, "\n")
	is := number.FindAllString(line, -1)
	if !found || len(is) < len(want) {
		tb.Errorf("%s has no row %q with %d figures: %v", page, row, len(want), want)
		return
	}
	for i, w := range want {
		got, err := strconv.ParseFloat(strings.ReplaceAll(is[i], ",", ""), 64)
		if err != nil || math.Abs(got-w) > tolerance*math.Abs(w)+1e-9 {
			tb.Errorf("%s says %s in the row %q, want %v", page, is[i], row, w)
		}
	}
}

// read reads a file of the repository.
func read(tb testing.TB, file string) string {
	tb.Helper()
	root := "."
	for range 10 {
		if _, err := os.Stat(filepath.Join(root, "go.work")); err == nil {
			break
		}
		root = filepath.Join(root, "..")
	}
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}
