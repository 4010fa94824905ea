package testenv

import (
	"errors"
	"flag"
	"fmt"
	"testing"
)

// outcome records how a test ended.
type outcome struct {
	testing.TB
	how string
}

func (o *outcome) Helper()                        {}
func (o *outcome) Skip(a ...any)                  { o.how = "skip: " + fmt.Sprint(a...) }
func (o *outcome) Fatal(a ...any)                 { o.how = "fail: " + fmt.Sprint(a...) }
func (o *outcome) Fatalf(format string, a ...any) { o.how = "fail: " + fmt.Sprintf(format, a...) }

func TestCheck(t *testing.T) {
	missing := fmt.Errorf("start: %w", Missing("node"))
	tests := map[string]struct {
		err   error
		short string
		want  string
	}{
		"missing":           {missing, "false", "fail: start: node is missing: run 'make tools'"},
		"missing and short": {missing, "true", "skip: start: node is missing: run 'make tools'"},
		"broken and short":  {errors.New("broken"), "true", "fail: broken"},
		"there":             {nil, "false", ""},
	}
	short := flag.Lookup("test.short")
	before := short.Value.String()
	t.Cleanup(func() { short.Value.Set(before) })
	for name, tt := range tests {
		short.Value.Set(tt.short)
		var got outcome
		if Check(&got, tt.err); got.how != tt.want {
			t.Errorf("%s: %q, want %q", name, got.how, tt.want)
		}
	}
}

func TestChaosJobs(t *testing.T) {
	t.Setenv("CHAOS_JOBS", "")
	if n := ChaosJobs(t); n != 500 {
		t.Errorf("by default %d jobs, want 500", n)
	}
	t.Setenv("CHAOS_JOBS", "10000")
	if n := ChaosJobs(t); n != 10000 {
		t.Errorf("CHAOS_JOBS=10000 gives %d jobs", n)
	}
	t.Setenv("CHAOS_JOBS", "many")
	var got outcome
	if ChaosJobs(&got); got.how == "" {
		t.Error("CHAOS_JOBS=many is accepted")
	}
}
