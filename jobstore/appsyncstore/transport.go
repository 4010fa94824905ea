package appsyncstore

import (
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// maxAnswer is how much of an answer is read. AppSync's own limit is 5 MB.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxAnswer = 8 << 20

// maxWait is how long one try may take, its answer included. AppSync's own limit of a
// request is 30 seconds.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxWait = 35 * time.Second

// withoutRedirects returns c so that it follows no redirect: a redirect would take the
// key and the job elsewhere. It does not change c. The AWS SDK's client follows 307 and
// 308.
func withoutRedirects(c HTTPClient) HTTPClient {
	switch c := c.(type) {
	case *http.Client:
		changed := *c
		changed.CheckRedirect = outbound.Stay
		return &changed
	case *awshttp.BuildableClient:
		return &http.Client{Transport: c.GetTransport(), Timeout: c.GetTimeout(), CheckRedirect: outbound.Stay}
	}
	return c
}

// redirected is true of an answer that a client got by following a redirect.
func redirected(resp *http.Response) bool { return resp.Request != nil && resp.Request.Response != nil }
