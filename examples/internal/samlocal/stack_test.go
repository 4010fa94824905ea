package samlocal_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/samlocal"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// small is a template that deploys.
const small = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: provided.al2023, Handler: bootstrap }
Parameters:
  Url: { Type: String }
Resources:
  Dead:
    Type: AWS::SQS::Queue
    Properties: { SqsManagedSseEnabled: true }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: PROGRAM/
      Timeout: 10
      Environment: { Variables: { URL: !Ref Url, TEXT: !Sub "${Work.Arn}/${Url}" } }
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      EventInvokeConfig: { MaximumRetryAttempts: 1 }
      Events:
        Minute:
          Type: Schedule
          Properties: { Schedule: rate(5 minutes) }
`

// deploy runs this test's own program, which no test invokes.
func deploy(t *testing.T, template string) error {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	local := lambdalocal.New()
	defer local.Close()
	dir, name := program[:strings.LastIndex(program, "/")], program[strings.LastIndex(program, "/")+1:]
	_, err = samlocal.Deploy(t.Context(), []byte(strings.ReplaceAll(template, "PROGRAM", name)), local, aws.Config{}, samlocal.Options{
		Programs: dir, Parameters: map[string]string{"Url": "https://example.com"},
	})
	return err
}

func TestDeploy(t *testing.T) {
	if err := deploy(t, small); err != nil {
		t.Error(err)
	}
}

// TestDeployNamesWhatItDoesNotKnow in each place of a template.
func TestDeployNamesWhatItDoesNotKnow(t *testing.T) {
	for want, change := range map[string][2]string{
		"Resources.Work.Properties.Layers: the loader does not know this property":                                                                    {"      Timeout: 10", "      Timeout: 10\n      Layers: [a]"},
		"Resources.Work.Properties.EventInvokeConfig.Other: the loader does not know this property":                                                   {"{ MaximumRetryAttempts: 1 }", "{ Other: 1 }"},
		"Resources.Work.Properties.Environment.Other: the loader does not know this property":                                                         {"{ Variables:", "{ Other: 1, Variables:"},
		"Resources.Work.Properties.Events.Minute.Properties.Input: the loader does not know this property":                                            {"{ Schedule: rate(5 minutes) }", "{ Schedule: rate(5 minutes), Input: '{}' }"},
		"Resources.Work.Properties.Events.Minute: the loader does not know the type SQS":                                                              {"Type: Schedule", "Type: SQS"},
		"Resources.Work.Condition: the loader does not know this property":                                                                            {"    Type: AWS::Serverless::Function", "    Type: AWS::Serverless::Function\n    Condition: Other"},
		"Resources.Dead: the type AWS::SNS::Topic is unknown":                                                                                         {"AWS::SQS::Queue", "AWS::SNS::Topic"},
		"Resources.Work.Properties.Environment.Variables.URL: Uri does not exist":                                                                     {"!Ref Url", "!Ref Uri"},
		"Resources.Work.Properties.Environment.Variables.URL: the loader does not know the function !If":                                              {"!Ref Url", "!If Url"},
		"Resources.Work.Properties.DeadLetterQueue.TargetArn: \"arn:aws:lambda:us-east-1:123456789012:function:Work\" is not a queue of the template": {"!GetAtt Dead.Arn", "!GetAtt Work.Arn"},
		"Resources.Work.Properties.Runtime: is \"nodejs24.x\", and the loader knows \"provided.al2023\" only":                                         {"provided.al2023", "nodejs24.x"},
		"Resources.Work.Properties.Events.Minute: \"rate(1 minutes)\" is not a rate":                                                                  {"rate(5 minutes)", "rate(1 minutes)"},
		"Mappings: the loader does not know this property":                                                                                            {"Parameters:", "Mappings: {}\nParameters:"},
		"Parameters.Other: has no value": {"Parameters:", "Parameters:\n  Other: { Type: String }"},
	} {
		err := deploy(t, strings.Replace(small, change[0], change[1], 1))
		if err == nil || !strings.Contains(err.Error(), "samlocal: "+want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
