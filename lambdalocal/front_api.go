package lambdalocal

import (
	"fmt"
	"time"
)

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

// mustBe panics for an invalid option: a front is made when a program starts, like
// the pattern of an http.ServeMux.
func mustBe(f *Function, front, option string, err error) {
	if err != nil {
		panic(fmt.Errorf("lambdalocal: %s of %s: option %s: %w", front, f.name, option, err))
	}
}

func checkTimeout(d, most time.Duration) error {
	if d < minIntegrationTimeout || d > most {
		return fmt.Errorf("%v is not within %v and %v", d, minIntegrationTimeout, most)
	}
	return nil
}
