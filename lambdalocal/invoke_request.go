package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/invokeapi"
)

// Lambda's limits in bytes (AWS "gettingstarted-limits", API_Invoke).
const (
	maxRequest       = 6 << 20
	maxEvent         = 1 << 20
	maxClientContext = 3583 // as base64
)

// read reads what a request asks for into the invocation.
func (l *Local) read(r *http.Request, function string, inv *invocation) error {
	logType := types.LogType(r.Header.Get("X-Amz-Log-Type"))
	if err := invokeapi.CheckEnum("logType", logType, types.LogTypeNone, types.LogTypeTail); err != nil {
		return err
	}
	inv.tail = logType == types.LogTypeTail
	name, err := invokeapi.ParseName(function, r.URL.Query().Get("Qualifier"))
	if err != nil {
		return err
	}
	if inv.fn, inv.arn, err = l.resolve(name); err != nil {
		return err
	}
	if inv.payload, err = readPayload(r.Body, payloadLimit(r)); err != nil {
		return err
	}
	inv.client, err = clientContext(r.Header.Get("X-Amz-Client-Context"))
	return err
}

// resolve finds the function that is addressed, and its ARN with the qualifier. Every
// qualifier exists that could be the name of a version or an alias.
//
// Source: localstack/localstack 8b9a79f0, test_lambda_api.snapshot.json,
// test_get_function_wrong_region[invoke] and test_function_name_and_qualifier_validation.
func (l *Local) resolve(name invokeapi.Name) (fn *Function, arn string, err error) {
	if name.Region != "" && name.Region != l.options.Region {
		return nil, "", notFound("Functions from '%s' are not reachable in this region ('%s')", name.Region, l.options.Region)
	}
	fn = l.function(name.Function)
	if fn == nil || name.Account != "" && name.Account != l.options.AccountID || !couldExist(name.Qualifier) {
		missing := functionARN(l.options.Region, orDefault(name.Account, l.options.AccountID), name.Function)
		return nil, "", notFound("Function not found: %s:%s", missing, orDefault(name.Qualifier, latest))
	}
	return fn, qualified(fn.ARN(), name.Qualifier), nil
}

// latest is the version that is not published.
const latest = "$LATEST"

func couldExist(qualifier string) bool {
	return strings.HasPrefix(qualifier, latest) || !strings.Contains(qualifier, "$")
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func qualified(arn, qualifier string) string {
	if qualifier == "" {
		return arn
	}
	return arn + ":" + qualifier
}

// version is what the invocation was addressed to: a qualifier, or $LATEST.
func (i *invocation) version() string {
	if qualifier, ok := strings.CutPrefix(i.arn, i.fn.ARN()+":"); ok {
		return qualifier
	}
	return latest
}

// payloadLimit goes by the invocation type only for Invoke: InvokeWithResponseStream
// ignores it.
func payloadLimit(r *http.Request) int {
	if path.Base(r.URL.Path) == "invocations" && r.Header.Get("X-Amz-Invocation-Type") == string(types.InvocationTypeEvent) {
		return maxEvent
	}
	return maxRequest
}

// readPayload reads the event. Lambda's parser refuses bytes that are not UTF-8, which
// encoding/json accepts in strings.
//
// Source: localstack/localstack 8b9a79f0, test_lambda.snapshot.json,
// test_lambda_invoke_payload_encoding_error.
func readPayload(body io.Reader, limit int) ([]byte, error) {
	payload, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, invalidContent("Could not read the request body.")
	case len(payload) > limit:
		return nil, &invokeapi.Error{
			Status: http.StatusRequestEntityTooLarge, Code: "RequestTooLargeException",
			Message: fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit),
		}
	case len(payload) == 0:
		return []byte("{}"), nil
	case !utf8.Valid(payload) || !json.Valid(payload):
		return nil, invalidContent("Could not parse request body into json: Could not parse payload into json")
	}
	return payload, nil
}

// clientContext decodes any JSON object. What its members may be is the runtime's to say.
func clientContext(encoded string) ([]byte, error) {
	if encoded == "" {
		return nil, nil
	}
	if len(encoded) > maxClientContext {
		return nil, invalidContent(fmt.Sprintf("Client context must be at most %d bytes of Base64.", maxClientContext))
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(decoded, new(map[string]json.RawMessage)) != nil {
		return nil, invalidContent("Client context must be a valid Base64-encoded JSON object.")
	}
	return decoded, nil
}

func invalidContent(message string) error {
	return &invokeapi.Error{Status: http.StatusBadRequest, Code: "InvalidRequestContentException", Message: message}
}

func notFound(format string, args ...any) error {
	return &invokeapi.Error{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: fmt.Sprintf(format, args...)}
}
