package examples_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
)

// handler runs the code of a namespace's onSubscribe under Node.js.
func handler(t *testing.T, code string) func(identity map[string]any, segments []string) error {
	t.Helper()
	const imported = "import { util } from '@aws-appsync/utils';"
	if !strings.Contains(code, imported) {
		t.Fatal("the handler imports something else")
	}
	code = strings.Replace(code, imported, "const util = { unauthorized() { process.exit(7); } };", 1)
	code = strings.ReplaceAll(code, "export function", "function") + "\nonSubscribe(JSON.parse(process.argv[1]));"
	return func(identity map[string]any, segments []string) error {
		channel := map[string]any{"path": "/" + strings.Join(segments, "/"), "segments": segments}
		event := map[string]any{"identity": identity, "info": map[string]any{"channel": channel, "operation": "SUBSCRIBE"}}
		data, err := json.Marshal(event)
		if err != nil {
			return err
		}
		return exec.Command("node", "--input-type=module", "-e", code, string(data)).Run()
	}
}

// TestTenants runs the handler of docs/push.md: users see the jobs of their own tenant, and
// no other's.
func TestTenants(t *testing.T) {
	doc, err := os.ReadFile("../docs/push.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(doc), "```typescript\n")
	code, _, _ = strings.Cut(code, "```")
	run, hash := handler(t, code), jobevents.Segment("a/b")
	of := func(tenant string) map[string]any {
		return map[string]any{"sub": "user-1", "claims": map[string]any{"custom:tenant": tenant}}
	}
	for _, tt := range []struct {
		identity map[string]any
		channel  string
		allowed  bool
	}{
		{of("acme"), "jobs/acme/1", true},
		{of("acme"), "jobs/acme/*", true},
		{of("acme"), "jobs/beta/1", false},
		{of("acme"), "jobs/*", false},
		{of("acme"), "jobs/acme", false},
		{of("acme"), "jobs/acme/1/2", false},
		{of(""), "jobs//1", false},
		{of("*"), "jobs/acme/1", false},
		{of(hash), "jobs/" + hash + "/1", false},
		{map[string]any{"sub": "acme", "claims": map[string]any{}}, "jobs/acme/1", false},
		{map[string]any{"sub": "acme"}, "jobs/undefined/1", false},
		{nil, "jobs/acme/1", false},
	} {
		if err := run(tt.identity, strings.Split(tt.channel, "/")); (err == nil) != tt.allowed {
			t.Errorf("%v on %s: %v", tt.identity, tt.channel, err)
		}
	}
}
