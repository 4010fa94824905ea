package lambdalocal

import "time"

const (
	// maxAPIBody is API Gateway's limit of a request's body. The event, which has
	// it in base64 perhaps, is limited by Lambda before that.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
	maxAPIBody = 10 << 20

	// minIntegrationTimeout is the least that both kinds of API allow.
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
