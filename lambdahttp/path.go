package lambdahttp

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/loopback"
)

func (e *event) url(base string) *url.URL {
	path, raw := e.paths()
	path, raw = withoutBase(path, raw, base)
	u := &url.URL{Path: cmp.Or(path, "/"), RawQuery: e.query()}
	usual := u.EscapedPath()
	if u.RawPath = raw; raw == usual || u.EscapedPath() != raw {
		u.RawPath = "" // as in net/http, and where raw is not an encoding of path
	}
	return u
}

// paths returns the decoded path, and the path as it was sent if the event has it.
//
// An HTTP API has decoded the path in requestContext, and in rawPath too. Decoding it
// again would lead past an authorization that the API has decided by the path it saw.
// Function URLs and payload format 1.0 have both forms; REST APIs and load balancers
// have the path as it was sent.
//
// Source: hotsock/voker@59c7289a vokerhttp/testdata, and for format 1.0
// aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_SpecialCharactersInPathHttpV1.json.
func (e *event) paths() (path, raw string) {
	switch stage := e.context.stage; {
	case e.isV2():
		path, raw = withoutStage(e.context.http.path, stage), withoutStage(e.rawPath, stage)
	case e.version != "" && e.atOwnAddress():
		path, raw = withoutStage(e.context.path, stage), withoutStage(e.path, stage)
	default:
		raw = e.path
	}
	if path != "" {
		return path, raw
	}
	path, err := url.PathUnescape(raw)
	if err != nil {
		return raw, ""
	}
	return path, raw
}

// atOwnAddress is false at a custom domain name. Payload format 1.0 has the API mapping in the path
// there, and no stage: a client that sends the stage's name must not reach another route of the
// handler than that of the API. Format 2.0 has the stage there too, and no API mapping.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// and for format 2.0 https://github.com/CodeGenieApp/serverless-express/issues/465
func (e *event) atOwnAddress() bool {
	domain := e.context.domainName
	return domain == "" || strings.Contains(domain, ".execute-api.") || loopback.IsHost(domain)
}

// withoutStage removes the stage, which an HTTP API leaves in the path unless it is
// $default.
func withoutStage(path, stage string) string {
	if stage == "" || stage == "$default" {
		return path
	}
	rest, _ := cutSegments(path, "/"+stage)
	return rest
}

// withoutBase removes the base path, if the path begins with it as it was sent. An
// escaped slash does not end the base path.
func withoutBase(path, raw, base string) (string, string) {
	rest, ok := cutSegments(path, base)
	restRaw, okRaw := cutSegments(raw, base)
	if base == "" || !ok || raw != "" && !okRaw {
		return path, raw
	}
	return rest, restRaw
}

// cutSegments is path without the prefix, if whole segments are left.
func cutSegments(path, prefix string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return path, false
	}
	return rest, true
}
