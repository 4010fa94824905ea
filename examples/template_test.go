package examples_test

import (
	"os"
	"strings"
	"testing"
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
