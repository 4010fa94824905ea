package examples_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestTemplateAllowsSelfInvoke: the function calls the alias or version that it was
// called by, whose ARN is another resource than the function's.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
func TestTemplateAllowsSelfInvoke(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, policy, _ := strings.Cut(string(template), "PolicyName: self-invoke")
	for _, resource := range []string{"- !GetAtt SlackWebhook.Arn\n", `- !Sub "${SlackWebhook.Arn}:*"`} {
		if !strings.Contains(policy, resource) {
			t.Errorf("the policy has no resource %s", resource)
		}
	}
}

// TestTemplateHasTheGeneratedFilter: what the mapping filters out, the dispatcher
// never sees.
func TestTemplateHasTheGeneratedFilter(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	process := queryjob.Process(memstore.New[string, string](), nil)
	want, err := lambdalocal.FilterCriteria(process.FilterCriteria())
	if err != nil || len(want) != 1 {
		t.Fatalf("generated %q, %v", want, err)
	}
	patterns := regexp.MustCompile(`- Pattern: '(.*)'`).FindAllSubmatch(template, -1)
	if len(patterns) != 1 || string(patterns[0][1]) != want[0] {
		t.Errorf("the template has %s, want %s", patterns, want[0])
	}
}
