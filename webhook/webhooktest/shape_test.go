package webhooktest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// fronts make the event of each form with lambdalocal.
var fronts = map[string]func(*lambdalocal.Function, webhooktest.Request) http.Handler{
	"FunctionURL": func(f *lambdalocal.Function, _ webhooktest.Request) http.Handler { return f.URL() },
	"HTTPAPI": func(f *lambdalocal.Function, r webhooktest.Request) http.Handler {
		return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.Stage = cmp.Or(r.Stage, o.Stage) })
	},
	"RESTAPI": func(f *lambdalocal.Function, r webhooktest.Request) http.Handler {
		return f.RESTAPI(func(o *lambdalocal.RESTAPIOptions) {
			o.Stage = cmp.Or(r.Stage, o.Stage)
			if r.Base64 {
				o.BinaryMediaTypes = []string{"*/*"}
			}
		})
	},
	"LoadBalancer": func(f *lambdalocal.Function, _ webhooktest.Request) http.Handler { return f.LoadBalancer() },
	"LoadBalancerMultiValue": func(f *lambdalocal.Function, _ webhooktest.Request) http.Handler {
		return f.LoadBalancer(func(o *lambdalocal.LoadBalancerOptions) { o.MultiValueHeaders = true })
	},
}

// different are the fields whose values differ between requests.
var different = map[string]bool{
	"host": true, "Host": true, "domainName": true, "domainPrefix": true, "targetGroupArn": true,
	"requestId": true, "extendedRequestId": true, "resourceId": true, "accountId": true, "apiId": true,
	"time": true, "timeEpoch": true, "requestTime": true, "requestTimeEpoch": true,
	"x-amzn-trace-id": true, "x-forwarded-port": true, "x-forwarded-proto": true,
	"X-Amzn-Trace-Id": true, "X-Forwarded-Port": true, "X-Forwarded-Proto": true,
}

func TestEventsAreThoseOfTheFronts(t *testing.T) {
	for form, event := range forms {
		for provider, s := range samples() {
			for _, at := range []struct{ path, query, stage string }{
				{"/", "", ""},
				{"/hooks/" + s.id, "a=1&b=%20x&a=2", ""},
				{"/hooks", "a=b", "live"},
				{"//hooks//%40%2F/", "", ""},
				{"//", "", "live"},
			} {
				t.Run(form+" "+provider+" "+at.stage+at.path, func(t *testing.T) {
					r := s.request
					r.Path, r.Query, r.Stage = at.path, at.query, at.stage
					r.Base64 = form == "RESTAPI" && !utf8.Valid(r.Body)
					r.Header = r.Header.Clone()
					r.Header["X-Twice"], r.Header["Cookie"] = []string{"1", "2"}, []string{"a=1; b=2"}
					want := received(t, form, r)
					if diff := gocmp.Diff(want, decoded(t, event(r))); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}

// received returns the event that a front door of lambdalocal makes of the request.
func received(t *testing.T, form string, r webhooktest.Request) any {
	t.Helper()
	local := lambdalocal.New()
	defer local.Close()
	var got json.RawMessage
	fn, err := local.AddFunction("hooks", func(_ context.Context, event json.RawMessage) (map[string]int, error) {
		got = event
		return map[string]int{"statusCode": 200}, nil
	}, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	switch { // clients name the stage
	case form == "RESTAPI":
		r.Path = "/" + cmp.Or(r.Stage, "prod") + r.Path
	case form == "HTTPAPI" && r.Stage != "":
		r.Path = "/" + r.Stage + r.Path
	}
	w := httptest.NewRecorder()
	fronts[form](fn, r).ServeHTTP(w, r.HTTP())
	if w.Code != http.StatusOK {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	return decoded(t, got)
}

func decoded(t *testing.T, event []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(event, &v); err != nil {
		t.Fatal(err)
	}
	return alike(v, false)
}

// alike replaces the values of different fields by the names of their types.
func alike(v any, differs bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = alike(v[name], differs || different[name])
		}
	case []any:
		for n := range v {
			v[n] = alike(v[n], differs)
		}
	case string:
		if differs {
			return "text"
		}
	case float64:
		if differs {
			return "number"
		}
	}
	return v
}
