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
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestTemplateSeparatesFunctions: in each pattern one function has the triggers and
// another one the work, with slots of its own. Each has the secrets that it needs, and no
// right to anything else.
func TestTemplateSeparatesFunctions(t *testing.T) {
	content, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ has, lacks []string }{
		"ProcessQueryJob": {
			has: []string{
				"WORK_FUNCTION: !Ref QueryWork\n", "INDEX: sweep\n",
				"Action: lambda:InvokeFunction\n              Resource: !GetAtt QueryWork.Arn\n",
				"Action: dynamodb:UpdateItem\n              Resource: !GetAtt Jobs.Arn\n",
				"Action: dynamodb:Query\n              Resource: !Sub \"${Jobs.Arn}/index/sweep\"\n",
			},
			lacks: []string{"ReservedConcurrentExecutions"},
		},
		"QueryWork": {
			has: []string{
				"ReservedConcurrentExecutions: 20 ", "TargetArn: !GetAtt Unworked.Arn\n", "INDEX: sweep\n",
				"Action: dynamodb:UpdateItem\n              Resource: !GetAtt Jobs.Arn\n",
				"Action: dynamodb:Query\n              Resource: !Sub \"${Jobs.Arn}/index/sweep\"\n",
				"Action: lambda:InvokeFunction # to pass a job on when its own time is short\n              Resource: !Sub \"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-query-work\"\n",
			},
			lacks: []string{"WORK_FUNCTION", "Events:"},
		},
		"SlackWebhook": {
			has: []string{
				"ReservedConcurrentExecutions: 5 ", "WORK_FUNCTION: !Ref SlackAnswer\n",
				"Action: lambda:InvokeFunction\n              Resource: !GetAtt SlackAnswer.Arn\n",
				"Action: [dynamodb:PutItem, dynamodb:DeleteItem, dynamodb:GetItem]\n              Resource: !GetAtt Messages.Arn\n",
			},
			lacks: []string{"SLACK_BOT_TOKEN", "CLAUDE_URL"},
		},
		"SlackAnswer": {
			has: []string{
				"ReservedConcurrentExecutions: 15 ", "TargetArn: !GetAtt Unanswered.Arn\n",
				"Action: [dynamodb:UpdateItem, dynamodb:GetItem]\n              Resource: !GetAtt Messages.Arn\n",
			},
			lacks: []string{"SLACK_SIGNING_SECRET", "WORK_FUNCTION", "FunctionUrlConfig", "lambda:"},
		},
	} {
		lines := resource(string(content), name)
		for _, text := range tt.has {
			if !strings.Contains(lines, text) {
				t.Errorf("%s has no %q", name, text)
			}
		}
		for _, text := range tt.lacks {
			if strings.Contains(lines, text) {
				t.Errorf("%s has %q", name, text)
			}
		}
		if got := strings.Count(lines, "Action:"); got != strings.Count(strings.Join(tt.has, ""), "Action:") {
			t.Errorf("%s has %d statements", name, got)
		}
	}
}

// TestTemplateMapsTheStream: the mapping's pattern must be the one that the dispatcher
// generates, or the dispatcher misses records. Without ReportBatchItemFailures a failed
// record is lost.
func TestTemplateMapsTheStream(t *testing.T) {
	tests := map[string]struct {
		template   string
		dispatcher interface{ FilterCriteria() string }
		properties []string
	}{
		"ProcessQueryJob": {"template.yaml", queryjob.Process(memstore.New[string, string](), nil), []string{
			"BatchSize: 100", "Schedule: rate(1 minute)", "Destination: !GetAtt Discarded.Arn", "Stream: !GetAtt Jobs.StreamArn", "StartingPosition: TRIM_HORIZON",
		}},
		"AuditQueryJob": {"template.yaml", audit.Trail(nil, "audit"), []string{
			"BatchSize: 100", "Destination: !GetAtt Unaudited.Arn", "Stream: !GetAtt Jobs.StreamArn", "StartingPosition: TRIM_HORIZON",
		}},
		"PublishQueryJob": {"publishqueryjob/template.yaml", setup.Must(publish.Changes[string]("https://api.example.com/graphql", nil)), []string{"Stream: !Ref StreamArn"}},
		"PublishEvents":   {"publishevents/template.yaml", setup.Must(jobevents.New[string]("https://api.example.com/event", jobevents.APIKey("key"))), []string{"BatchSize: 100", "Stream: !Ref StreamArn"}},
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
