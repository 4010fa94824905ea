package httpresult

import (
	"strconv"
	"strings"
)

// LoadBalancer reads the result of a load balancer's target. With multiValue it uses
// multiValueHeaders and ignores headers.
func LoadBalancer(payload []byte, multiValue bool) (*Response, error) {
	const defaultType = "application/octet-stream"
	r, err := readResult(payload)
	if err != nil {
		return nil, err
	}
	if r.StatusCode != nil && !describes(r.StatusDescription, *r.StatusCode) {
		return nil, malformed("statusDescription is not the status code, a space and the reason")
	}
	if multiValue {
		return r.response(r.multiHeader(defaultType), true)
	}
	return r.response(r.header(defaultType), true)
}

func describes(description string, status int) bool {
	return description == "" || strings.HasPrefix(description, strconv.Itoa(status)+" ")
}
