package httpresult

// RESTAPI reads the result of a REST API's proxy integration. The API decodes base64
// only for a client that takes the type.
func RESTAPI(payload []byte, decodes bool) (*Response, error) {
	r, err := readResult(payload)
	if err != nil {
		return nil, err
	}
	return r.response(r.merged(typeJSON), decodes)
}
