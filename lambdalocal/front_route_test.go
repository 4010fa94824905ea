package lambdalocal_test

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func TestRoutes(t *testing.T) {
	for _, tt := range []struct {
		route, method, target string
		want                  map[string]string
		found                 bool
	}{
		{"$default", "GET", "/dev/x", nil, true},
		{"GET /pets", "GET", "/dev/pets", nil, true},
		{"GET /pets", "GET", "/pets", nil, true},
		{"GET /pets", "POST", "/dev/pets", nil, false},
		{"GET /pets", "GET", "/dev/pets/1", nil, false},
		{"GET /pets", "GET", "/development/pets", nil, false},
		{"GET /", "GET", "/dev", nil, true},
		{"ANY /pets/{id}", "PUT", "/dev/pets/a%2Fb", map[string]string{"id": "a/b"}, true},
		{"ANY /pets/{id}", "PUT", "/dev/pets/", nil, false},
		{"ANY /pets/{id}/toys/{toy}", "PUT", "/pets/1/toys/2", map[string]string{"id": "1", "toy": "2"}, true},
		{"ANY /{proxy+}", "GET", "/dev/a/b%20c", map[string]string{"proxy": "a/b c"}, true},
		{"ANY /{proxy+}", "GET", "/dev/", nil, false},
	} {
		local, _ := newLocal(t)
		ran := false
		var got events.APIGatewayV2HTTPRequest
		fn := add(t, local, "f", func(e events.APIGatewayV2HTTPRequest) { ran, got = true, e })
		w := do(fn.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.RouteKey, o.Stage = tt.route, "dev" }), tt.method, tt.target, "")
		if ran != tt.found || !tt.found && (w.Code != 404 || w.Body.String() != `{"message":"Not Found"}`) {
			t.Errorf("%s, %s %s: ran %v, got %d %s", tt.route, tt.method, tt.target, ran, w.Code, w.Body)
		}
		if diff := cmp.Diff(tt.want, got.PathParameters); diff != "" || ran && got.RouteKey != tt.route {
			t.Errorf("%s, %s %s: route %s, parameters %s", tt.route, tt.method, tt.target, got.RouteKey, diff)
		}
	}
}
