package lambdahttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

func TestBasePath(t *testing.T) {
	const v2, v1, rest = `{"version":"2.0","rawPath":"PATH","requestContext":{"stage":"live","http":{"method":"GET","path":"PATH"}}}`,
		`{"version":"1.0","httpMethod":"GET","path":"PATH","requestContext":{"stage":"live"}}`,
		`{"httpMethod":"GET","path":"PATH","requestContext":{"stage":"live"}}`
	for _, tt := range []struct{ event, path, want string }{
		{rest, "/api/v1/pets", "/pets"},
		{rest, "/api/v1", "/"},
		{rest, "/api/v1/", "/"},
		{rest, "/pets", "/pets"},
		{rest, "/api/v10/pets", "/api/v10/pets"},
		{rest, "/api/v1/api/v1/a", "/api/v1/a"},
		{rest, "/api/v1//a%2Fb", "//a%2Fb"},
		{rest, "/api/v1%2Fpets", "/api/v1%2Fpets"},
		{rest, "/%61pi/v1/a%2Fb", "/%61pi/v1/a%2Fb"},
		{v1, "/live/api/v1/pets", "/pets"},
		{v1, "/api/v1/pets", "/pets"},
		{v2, "/live/api/v1/pets", "/pets"},
		{v2, "/api/v1/live", "/live"},
		{v2, "/live", "/"},
	} {
		var got seen
		h := lambdahttp.Wrap(watch(&got), func(o *lambdahttp.Options) { o.BasePath = "/api/v1" })
		invoked(t, h, strings.ReplaceAll(tt.event, "PATH", tt.path))
		if got.EscapedPath != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got.EscapedPath, tt.want)
		}
	}
}

func TestWrapRefusesOptions(t *testing.T) {
	for want, opt := range map[string]func(*lambdahttp.Options){
		"lambdahttp: Wrap: option 1 of 1 is nil": nil,
		`lambdahttp: Wrap: Options.BasePath is "v1", want "" or a path that begins with a slash and ends without`: func(o *lambdahttp.Options) { o.BasePath = "v1" },
		`lambdahttp: Wrap: Options.BasePath is "/", want "" or a path that begins with a slash and ends without`:  func(o *lambdahttp.Options) { o.BasePath = "/" },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %s", got, want)
				}
			}()
			lambdahttp.Wrap(http.NotFoundHandler(), opt)
		}()
	}
}
