// Command costs prints the tables and sentences of the documentation that have dollars
// in them. It multiplies counts.json, which the tests of this package measure with the
// real packages, by prices.json. No other file has a price.
package main

import (
	"fmt"
	"strings"
)

// section is a part of a page.
type section struct{ page, text string }

func sections() []section {
	return []section{
		inShort(), jobsTable(), sweepSentence(), othersTable(), guideTable(), ratioSentence(), pricesTable(),
		watchingTable(), longestTable(), pushTable(), readmeRow(), faqSentence(), amplifySentence(), storageSentence(),
	}
}

func main() {
	for _, s := range sections() {
		fmt.Printf("%s\n\n%s\n\n", s.page, s.text)
	}
}

// table is a Markdown table. The first row is its head.
func table(rows [][]string) string {
	rule := strings.Repeat("|---", len(rows[0])) + "|"
	lines := []string{row(rows[0]), rule}
	for _, r := range rows[1:] {
		lines = append(lines, row(r))
	}
	return strings.Join(lines, "\n")
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
