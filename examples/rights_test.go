package examples_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// deployed is what a template says of rights.
type deployed struct {
	Resources map[string]struct {
		Type       string
		Properties struct {
			Policies          []policy
			FunctionURLConfig *struct{ AuthType string }
			EventConfig       authModes
			authModes
		}
	}
}

type policy struct {
	Statement []struct {
		Effect           string
		Action, Resource oneOrMore
	}
}

// authModes are those of an Event API, or of a namespace.
type authModes struct {
	ConnectionAuthModes, DefaultPublishAuthModes, DefaultSubscribeAuthModes []authMode
	PublishAuthModes, SubscribeAuthModes                                    []authMode
}

type authMode struct{ AuthType string }

// oneOrMore is a text or a list of texts.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// templates are those of the examples, by their files.
func templates(t *testing.T) map[string]deployed {
	t.Helper()
	all := map[string]deployed{}
	for _, name := range []string{"template.yaml", "publishqueryjob/template.yaml", "publishevents/template.yaml"} {
		d, err := rightsOf(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = d
	}
	return all
}

// rightsOf fails for the name of a managed policy in place of a policy.
func rightsOf(template string) (d deployed, err error) {
	content, err := os.ReadFile(template)
	if err != nil {
		return d, err
	}
	var all any
	if err := yaml.Unmarshal(content, &all); err != nil {
		return d, err
	}
	if content, err = json.Marshal(all); err != nil {
		return d, err
	}
	return d, json.Unmarshal(content, &d)
}

// TestTemplatesNameWhatTheyAllow: no action and no resource has an asterisk, and no role has a
// policy of AWS's.
func TestTemplatesNameWhatTheyAllow(t *testing.T) {
	for file, template := range templates(t) {
		for name, r := range template.Resources {
			if r.Type == "AWS::Serverless::Function" && len(r.Properties.Policies) == 0 {
				t.Errorf("%s: %s has no policy", file, name)
			}
			for _, p := range r.Properties.Policies {
				if len(p.Statement) == 0 {
					t.Errorf("%s: %s has a policy without statements", file, name)
				}
				for _, s := range p.Statement {
					if all := slices.Concat(s.Action, s.Resource); s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 || strings.Contains(strings.Join(all, " "), "*") {
						t.Errorf("%s: %s has the statement %+v", file, name, s)
					}
				}
			}
		}
	}
}

// TestOnlyTheWebhookIsOpen: one function has a URL, and no resource gives a right to others than the
// roles of functions.
func TestOnlyTheWebhookIsOpen(t *testing.T) {
	var open []string
	for file, template := range templates(t) {
		for name, r := range template.Resources {
			if r.Properties.FunctionURLConfig != nil {
				open = append(open, file+" "+name)
			}
			if strings.HasSuffix(r.Type, "Permission") || strings.HasSuffix(r.Type, "Policy") || strings.HasPrefix(r.Type, "AWS::IAM::") {
				t.Errorf("%s: %s is a %s", file, name, r.Type)
			}
		}
	}
	if !slices.Equal(open, []string{"template.yaml SlackWebhook"}) {
		t.Errorf("%q have URLs", open)
	}
}

// TestOnlyThePublisherPublishes: the namespace takes events by IAM alone, users connect and
// subscribe, and the publisher's role has no other right.
func TestOnlyThePublisherPublishes(t *testing.T) {
	iam, users := []authMode{{"AWS_IAM"}}, []authMode{{"AMAZON_COGNITO_USER_POOLS"}}
	r := templates(t)["publishevents/template.yaml"].Resources
	for name, tt := range map[string]struct{ got, want authModes }{
		"the API":       {r["Api"].Properties.EventConfig, authModes{ConnectionAuthModes: users, DefaultPublishAuthModes: iam, DefaultSubscribeAuthModes: users}},
		"the namespace": {r["Jobs"].Properties.authModes, authModes{PublishAuthModes: iam, SubscribeAuthModes: users}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	policies := r["PublishEvents"].Properties.Policies
	if len(policies) != 1 || len(policies[0].Statement) != 1 {
		t.Fatalf("the publisher has %+v", policies)
	}
	if s := policies[0].Statement[0]; !slices.Equal(s.Action, oneOrMore{"appsync:EventPublish"}) || !slices.Equal(s.Resource, oneOrMore{"Jobs.ChannelNamespaceArn"}) {
		t.Errorf("the publisher may %v with %v", s.Action, s.Resource)
	}
}
