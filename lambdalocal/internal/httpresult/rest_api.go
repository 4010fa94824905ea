package httpresult

// RESTAPI reads the result of a REST API's proxy integration. A body in base64 is
// decoded if decodes is set.
func RESTAPI(payload []byte, decodes bool) (*Response, error) {
	r, err := readResult(payload)
	if err != nil {
		return nil, err
	}
	return r.response(r.merged(typeJSON), decodes)
}
