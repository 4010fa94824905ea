package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
)

const root = "../.."

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPages looks for what the program prints in the pages that it is for.
func TestPages(t *testing.T) {
	for _, s := range sections() {
		if !strings.Contains("\n"+read(t, s.page), "\n"+s.text+"\n") {
			t.Errorf("%s lacks what go run ./internal/costs prints:\n%s", s.page, s.text)
		}
	}
}

// inWords is an amount without a sign, or the head of a table of them.
var (
	amount  = regexp.MustCompile(`\$ ?\d`)
	inWords = regexp.MustCompile(`(?i)\d (u\.?s\.? )?(dollars?|cents?|usd)\b|^\|.*\bdollars\b`)
)

// withoutCode empties the lines of fenced blocks that have a language.
func withoutCode(text string) (lines []string) {
	code := false
	for line := range strings.SplitSeq(text, "\n") {
		if language, fence := strings.CutPrefix(strings.TrimSpace(line), "```"); fence {
			code = !code && language != ""
		}
		if code {
			line = ""
		}
		lines = append(lines, line)
	}
	return lines
}

// TestNoOtherAmounts: each line of the Markdown with an amount is one that the program
// prints, for that page.
func TestNoOtherAmounts(t *testing.T) {
	printed := map[string]bool{}
	for _, s := range sections() {
		for line := range strings.SplitSeq(s.text, "\n") {
			printed[s.page+line] = true
		}
	}
	for _, file := range testenv.Tracked(t, root, "*.md") {
		for i, line := range withoutCode(read(t, file)) {
			if amount.MatchString(line) && !printed[file+line] || inWords.MatchString(line) {
				t.Errorf("%s:%d: go run ./internal/costs does not print %q for this page", file, i+1, line)
			}
		}
	}
}

// TestNoOtherPrices: no price of prices.json stands in other code, nor an amount in a
// comment.
func TestNoOtherPrices(t *testing.T) {
	other := map[string]*regexp.Regexp{} // by a part that is quick to find
	for _, unit := range []string{"dollar", "cent", "USD"} {
		other[" "+unit] = regexp.MustCompile(`\d ` + unit + `s?\b`)
	}
	for _, p := range prices {
		if s := strings.TrimPrefix(exactly(p.Dollars), "$"); len(s) > len("0.00") {
			other[s] = regexp.MustCompile(`\b` + regexp.QuoteMeta(s) + `\b`)
		}
	}
	for _, file := range testenv.Tracked(t, root, "*.go") {
		text := read(t, file)
		for part, price := range other {
			if strings.Contains(text, part) && price.MatchString(text) && !strings.HasPrefix(file, "internal/costs/") {
				t.Errorf("%s has a price: %s", file, price.FindString(text))
			}
		}
	}
}

// TestPrices: each price says of what, where, when and from which page it is.
func TestPrices(t *testing.T) {
	date, seen := regexp.MustCompile(`^2026-(0[1-9]|1[0-2])$`), map[string]bool{}
	for _, p := range prices {
		if p.Name == "" || seen[p.Name] {
			t.Errorf("%q is empty or there twice", p.Name)
		}
		seen[p.Name] = true
		if p.Dollars <= 0 || p.Per != 1 && p.Per != 1e6 {
			t.Errorf("%s: %v dollars for %v", p.Name, p.Dollars, p.Per)
		}
		if p.Of == "" || p.Region != "us-east-1" || !date.MatchString(p.Read) || !strings.HasPrefix(p.Source, "https://") {
			t.Errorf("%s: unit %q, region %q, read %q, source %q", p.Name, p.Of, p.Region, p.Read, p.Source)
		}
	}
}

// TestMillion computes two bills by hand.
func TestMillion(t *testing.T) {
	for _, c := range []struct {
		bill bill
		want float64
	}{
		{wait(60), 200.001}, // 60 s × 0.25 GB × 13.3334
		{counts{Invocations: 2, Writes: 3, IndexWrites: 5, Reads: 1, Operations: 1, Published: 2}.bill(), 0.4 + 0.133334 + 8*0.625 + 0.125 + 4 + 2},
	} {
		if got := c.bill.million(); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v costs %v, want %v", c.bill, got, c.want)
		}
	}
}
