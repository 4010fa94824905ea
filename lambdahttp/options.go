package lambdahttp

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Options are the optional settings of [Wrap] and [Stream]. An invalid one makes them
// panic.
type Options struct {
	// BasePath is removed from the beginning of the path. It is the base path of a
	// custom domain name's API mapping, or any other that the function is reached by,
	// such as "/v1". A path that does not begin with it is left as it is, since the
	// function may also be called without it, at the API's own address. Default "",
	// which removes nothing.
	//
	// The stage usually needs no setting: REST APIs remove it from the path, and Wrap
	// removes that of an HTTP API, before the base path. Where it is still in the path, as
	// with an API mapping that names no stage, BasePath is "/v1/prod". With payload format 1.0 an
	// API mapping has to be set here also if it is called as its stage.
	//
	// The base path is removed wherever a client sends it, at the API's own address too, where
	// the API has routed by the path with it. If some routes of the API ask for authorization and a
	// route for all paths does not, disable that address (DisableExecuteApiEndpoint), or let the
	// handler authorize by [AuthorizerFrom].
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
	BasePath string

	// HealthCheck answers the health checks of load balancers instead of the handler.
	// They are GET requests with the User-Agent ELB-HealthChecker/2.0, which clients can
	// send too. Default nil: the handler gets them. To answer 200, do nothing:
	//
	//	o.HealthCheck = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	//
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda
	HealthCheck http.Handler
}

func newOptions(constructor string, opts []func(*Options)) Options {
	var o Options
	option.Apply("lambdahttp: "+constructor, &o, opts)
	if o.BasePath != "" && (!strings.HasPrefix(o.BasePath, "/") || strings.HasSuffix(o.BasePath, "/")) {
		panic(fmt.Sprintf("lambdahttp: %s: Options.BasePath is %q, want \"\" or a path that begins with a slash and ends without", constructor, o.BasePath))
	}
	return o
}
