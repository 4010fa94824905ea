package webhooktest

import (
	"net/http"
	"strings"
)

// LoadBalancer returns the event that an Application Load Balancer makes of the
// request (events.ALBTargetGroupRequest). Of repeated headers and parameters it
// has the last value.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func (r Request) LoadBalancer() []byte {
	e := r.target()
	e["headers"] = each(r.balanced(), strings.ToLower, last)
	e["queryStringParameters"] = each(r.rawQuery(), same, last)
	return e.event()
}

// LoadBalancerMultiValue is LoadBalancer with multi-value headers switched on.
func (r Request) LoadBalancerMultiValue() []byte {
	headers := map[string][]string{}
	for name, values := range r.balanced() {
		headers[strings.ToLower(name)] = values
	}
	e := r.target()
	e["multiValueHeaders"], e["multiValueQueryStringParameters"] = headers, r.rawQuery()
	return e.event()
}

func (r Request) balanced() http.Header {
	return r.forwarded("hooks-1234567890.us-east-1.elb.amazonaws.com")
}

func (r Request) target() object {
	const arn = "arn:aws:elasticloadbalancing:us-east-1:" + accountID + ":targetgroup/hooks/0123456789abcdef"
	body, isBase64 := r.embedded()
	return object{
		"requestContext": object{"elb": object{"targetGroupArn": arn}},
		"httpMethod":     r.Method, "path": r.Path, "body": body, "isBase64Encoded": isBase64,
	}
}

// rawQuery returns the parameters, which a load balancer does not decode.
func (r Request) rawQuery() http.Header {
	query := http.Header{}
	for pair := range strings.SplitSeq(r.Query, "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			query[name] = append(query[name], value)
		}
	}
	return query
}
