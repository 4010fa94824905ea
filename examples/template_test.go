package examples_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/audit"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestTemplateAllowsSelfInvoke: the function calls the alias or version by which it was
// called. Its ARN is not covered by the function's own.
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

// TestTemplateMapsTheStream: the mapping's pattern must be the one that the dispatcher
// generates, or the dispatcher misses records. Without ReportBatchItemFailures a failed
// record is lost.
func TestTemplateMapsTheStream(t *testing.T) {
	tests := map[string]struct {
		template   string
		dispatcher *streamproc.Dispatcher
		properties []string
	}{
		"ProcessQueryJob": {"template.yaml", queryjob.Process(memstore.New[string, string](), nil), []string{
			"BatchSize: 1", "ParallelizationFactor: 10", "Destination: !GetAtt Discarded.Arn", "Stream: !GetAtt Jobs.StreamArn", "StartingPosition: TRIM_HORIZON",
		}},
		"AuditQueryJob": {"template.yaml", audit.Trail(nil, "audit"), []string{
			"BatchSize: 100", "Destination: !GetAtt Unaudited.Arn", "Stream: !GetAtt Jobs.StreamArn", "StartingPosition: TRIM_HORIZON",
		}},
		"PublishQueryJob": {"publishqueryjob/template.yaml", setup.Must(publish.Changes("https://api.example.com/graphql", nil)), []string{"Stream: !Ref StreamArn"}},
	}
	for name, tt := range tests {
		template, err := os.ReadFile(tt.template)
		if err != nil {
			t.Fatal(err)
		}
		mapping := resource(string(template), name)
		want, err := lambdalocal.FilterCriteria(tt.dispatcher.FilterCriteria())
		if err != nil || len(want) != 1 {
			t.Fatalf("%s: generated %q, %v", name, want, err)
		}
		if patterns := regexp.MustCompile(`- Pattern: '(.*)'`).FindAllStringSubmatch(mapping, -1); len(patterns) != 1 || patterns[0][1] != want[0] {
			t.Errorf("%s has the patterns %q, want %s", name, patterns, want[0])
		}
		for _, property := range append(tt.properties, "FunctionResponseTypes: [ReportBatchItemFailures]", "BisectBatchOnFunctionError: true") {
			if !strings.Contains(mapping, " "+property+"\n") {
				t.Errorf("%s has no %s", name, property)
			}
		}
		if !regexp.MustCompile(` MaximumRetryAttempts: [0-9]+\n +MaximumRecordAgeInSeconds: [0-9]+\n`).MatchString(mapping) {
			t.Errorf("%s retries for ever", name)
		}
	}
}

// resource returns the lines of a resource, which are indented deeper than its name.
func resource(template, name string) (lines string) {
	_, rest, _ := strings.Cut(template, "\n  "+name+":\n")
	for line := range strings.Lines(rest) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		lines += line
	}
	return lines
}
