package jobhttp_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestEveryJobHasAView, also one whose times another program has written.
func TestEveryJobHasAView(t *testing.T) {
	for _, year := range []int{-1, 10_000, 60_000} {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		j := &jobstore.Job[string, string]{ID: "1", Status: jobstore.Pending, CreatedAt: at, UpdatedAt: at, ExpiresAt: at}
		if _, err := json.Marshal(jobhttp.ViewOf(j)); err != nil {
			t.Errorf("in the year %d: %v", year, err)
		}
	}
}

// TestTypesOfWatchJS: watch.d.ts declares each member of a view, and each option of
// watchJob.
func TestTypesOfWatchJS(t *testing.T) {
	types := readFile(t, "watch.d.ts")
	for field := range reflect.TypeFor[jobhttp.View[string]]().Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		if option != "" {
			name += "?"
		}
		if !strings.Contains(types, "\n  "+name+": ") {
			t.Errorf("a job has no %s", name)
		}
	}
	options := regexp.MustCompile(`watchJob\(url, \{ (.*?) \}`).FindStringSubmatch(readFile(t, "watch.js"))[1]
	for option := range strings.SplitSeq(options, ", ") {
		if name, _, _ := strings.Cut(option, " "); !strings.Contains(types, "\n  "+name+"?: ") {
			t.Errorf("the options have no %s", name)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
