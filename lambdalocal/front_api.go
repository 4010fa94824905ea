package lambdalocal

import (
	"regexp"
	"time"
)

const (
	// maxAPIBody is API Gateway's limit for a request's body. Lambda's limit for the
	// event is lower.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
	maxAPIBody = 10 << 20

	// minIntegrationTimeout is the shortest that both kinds of API allow.
	//
	// Source: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html
	minIntegrationTimeout = 50 * time.Millisecond
)

// apiPage is an error document of API Gateway.
func apiPage(r refusal) (contentType, body string) {
	return contentJSON, `{"message":"` + r.message + `"}`
}

func checkTimeout(option string, d, most time.Duration) {
	refuse(d < minIntegrationTimeout || d > most, "%s.Timeout is %v, want %v to %v", option, d, minIntegrationTimeout, most)
}

// stageName is what API Gateway allows, apart from $default for HTTP APIs.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
var stageName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

// checkStage refuses what API Gateway does not take for a stage's name.
func checkStage(options, name string) {
	refuse(!stageName.MatchString(name), "%s.Stage is %q, want 1 to 128 letters, digits, hyphens and underscores", options, name)
}
