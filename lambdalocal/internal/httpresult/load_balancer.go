package httpresult

import (
	"slices"
	"strconv"
	"strings"
)

// LoadBalancer reads the result of a load balancer's target. With multiValue it uses
// multiValueHeaders and ignores headers, and the reverse. A member that it uses may be
// absent, but not null. Values of headers are text.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer;
// answered with 502: a null body,
// https://github.com/aws-powertools/powertools-lambda-python/issues/4671; null headers,
// https://github.com/awslabs/aws-lambda-go-api-proxy/issues/79; a null
// statusDescription, https://github.com/aws/aws-lambda-dotnet/issues/507.
func LoadBalancer(payload []byte, multiValue bool) (*Response, error) {
	const defaultType = "application/octet-stream"
	headers := "headers"
	if multiValue {
		headers = "multiValueHeaders"
	}
	r, err := format{members: []string{"statusCode", "statusDescription", headers, "body", "isBase64Encoded"}}.read(payload)
	if err != nil {
		return nil, err
	}
	if r.StatusCode != nil && !describes(r.StatusDescription, *r.StatusCode) {
		return nil, malformed("statusDescription is not the status code, a space and the reason")
	}
	if !r.allText() {
		return nil, malformed("the value of a header is not text")
	}
	if multiValue {
		return r.response(r.multiHeader(defaultType), true)
	}
	return r.response(r.header(defaultType), true)
}

func (r *result) allText() bool {
	for _, value := range r.Headers {
		if !value.isText {
			return false
		}
	}
	for _, values := range r.MultiValueHeaders {
		if slices.ContainsFunc(values, func(v scalar) bool { return !v.isText }) {
			return false
		}
	}
	return true
}

func describes(description string, status int) bool {
	return description == "" || strings.HasPrefix(description, strconv.Itoa(status)+" ")
}
