package lambdahttp

import (
	"cmp"
	"encoding/json"
)

// event has the members of all front doors' events that are read.
type event struct {
	Version string `json:"version"`

	// Payload format 2.0: function URLs and HTTP APIs.
	RawPath        string   `json:"rawPath"`
	RawQueryString string   `json:"rawQueryString"`
	Cookies        []string `json:"cookies"`

	// Payload format 1.0, REST APIs and load balancers.
	HTTPMethod                      string              `json:"httpMethod"`
	Path                            string              `json:"path"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`

	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`

	RequestContext struct {
		Stage      string `json:"stage"`
		AccountID  string `json:"accountId"`
		DomainName string `json:"domainName"`
		Identity   struct {
			SourceIP string `json:"sourceIp"`
		} `json:"identity"`
		HTTP struct {
			Method   string `json:"method"`
			Path     string `json:"path"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
		ELB json.RawMessage `json:"elb"`
	} `json:"requestContext"`
}

// EventError is the error for an event that is not an HTTP request of a function
// URL, API Gateway or a load balancer. It holds nothing of the event.
type EventError struct{ Reason string }

func (e *EventError) Error() string {
	return "lambdahttp: the event is not an HTTP request of a function URL, API Gateway or a load balancer: " + e.Reason
}

func parseEvent(payload []byte) (*event, error) {
	e := new(event)
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, &EventError{Reason: "it does not decode"}
	}
	if e.method() == "" {
		return nil, &EventError{Reason: "it has neither requestContext.http.method nor httpMethod"}
	}
	return e, nil
}

func (e *event) method() string { return cmp.Or(e.RequestContext.HTTP.Method, e.HTTPMethod) }

// isV2 reports whether the event, and so its response, has payload format 2.0.
func (e *event) isV2() bool { return e.RequestContext.HTTP.Method != "" }

func (e *event) isLoadBalancer() bool { return e.RequestContext.ELB != nil }
