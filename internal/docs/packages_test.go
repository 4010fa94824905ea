package docs

import (
	"regexp"
	"slices"
	"testing"
)

// TestPackageDocs: the documentation of a package has its purpose, its smallest use, what it
// guarantees, what it does not, and its IAM actions. Packages that stores and tests are made
// with need no headings.
func TestPackageDocs(t *testing.T) {
	short := []string{"jobstore/memstore", "jobstore/driver", "jobstore/jobstoretest", "streamproc/streamtest", "webhook/webhooktest", "lambdalocal"}
	for _, folder := range publicPackages(t) {
		text := read(t, folder+"/doc.go")
		for _, part := range parts {
			if part.heading && slices.Contains(short, folder) {
				continue
			}
			if !part.pattern.MatchString(text) {
				t.Errorf("%s/doc.go lacks %s", folder, part.name)
			}
		}
		if wide := wideLine.FindString(text); wide != "" {
			t.Errorf("%s/doc.go has a line of code that is too wide for a terminal: %s", folder, wide)
		}
	}
}

var parts = []struct {
	name    string
	heading bool
	pattern *regexp.Regexp
}{
	{"its purpose", false, regexp.MustCompile(`^// Package \w+ \w+`)},
	{"its smallest use", false, regexp.MustCompile(`(?s)^(// [^#\n]*\n|//\n)*//\t`)},
	{"# Guarantees", true, regexp.MustCompile(`(?m)^// # Guarantees$`)},
	{"# What it does not guarantee", true, regexp.MustCompile(`(?m)^// # What it does not guarantee$`)},
	{"its IAM actions", false, regexp.MustCompile(`\bIAM\b`)},
	{"its guarantees", false, regexp.MustCompile(`(?i)guarantee|# What it does\b`)},
}

var wideLine = regexp.MustCompile(`(?m)^//\t.{125,}$`)
