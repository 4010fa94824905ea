package lambdalocal_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// fronts are all ways to call a function by HTTP.
var fronts = map[string]func(*lambdalocal.Function) http.Handler{
	"URL":          func(f *lambdalocal.Function) http.Handler { return f.URL() },
	"stream":       streaming,
	"RESTAPI":      func(f *lambdalocal.Function) http.Handler { return f.RESTAPI() },
	"HTTPAPI":      func(f *lambdalocal.Function) http.Handler { return f.HTTPAPI() },
	"LoadBalancer": func(f *lambdalocal.Function) http.Handler { return f.LoadBalancer() },
}

func do(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for n := 0; n < len(header); n += 2 {
		r.Header.Add(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// ok is a result that every front takes.
var ok = json.RawMessage(`{"statusCode":200}`)

// received returns the event that the front makes of a request.
func received(t *testing.T, front func(*lambdalocal.Function) http.Handler, method, target, body string, header ...string) json.RawMessage {
	t.Helper()
	local, _ := newLocal(t)
	var got json.RawMessage
	fn := add(t, local, "f", func(_ context.Context, event json.RawMessage) (json.RawMessage, error) {
		got = event
		return ok, nil
	})
	if w := do(front(fn), method, target, body, header...); w.Code != 200 {
		t.Fatalf("%s %s: got %d %s", method, target, w.Code, w.Body)
	}
	return got
}

// answered returns the response that the front makes of a result.
func answered(t *testing.T, front func(*lambdalocal.Function) http.Handler, result string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	local, _ := newLocal(t)
	return do(front(add(t, local, "f", raw(result))), "GET", "/", "", header...)
}

func decode[T any](t *testing.T, event []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(string(event)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Errorf("the event is no %T: %v\n%s", v, err, event)
	}
	return v
}

func TestFrontsRefuse(t *testing.T) {
	const large = 6<<20 + 1
	type answers struct {
		failed, malformed, throttled, large, closed int
		body                                        string // of a failed function
	}
	for name, want := range map[string]answers{
		"URL":          {502, 502, 429, 413, 503, `{"Message":"Internal Server Error"}`},
		"stream":       {502, 502, 429, 413, 503, `{"Message":"Internal Server Error"}`},
		"RESTAPI":      {502, 502, 500, 413, 503, `{"message":"Internal server error"}`},
		"HTTPAPI":      {500, 500, 500, 413, 503, `{"message":"Internal Server Error"}`},
		"LoadBalancer": {502, 502, 502, 413, 503, `<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>`},
	} {
		t.Run(name, func(t *testing.T) {
			local, log := newLocal(t)
			failing := fronts[name](add(t, local, "failing", func() error { return &problem{"the reason"} }))
			bad := fronts[name](add(t, local, "bad", malformedResult(name)))
			none := fronts[name](add(t, local, "none", func() {}, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 }))
			w := do(failing, "POST", "/", "x")
			got := answers{
				w.Code, do(bad, "GET", "/", "").Code, do(none, "GET", "/", "").Code,
				do(failing, "POST", "/", strings.Repeat("x", large)).Code, 0, w.Body.String(),
			}
			local.Close()
			got.closed = do(failing, "GET", "/", "").Code
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if strings.Contains(log.String(), "hidden") {
				t.Errorf("the log has what the function returned: %s", log)
			}
		})
	}
}

// malformedResult is a function whose result the front does not understand.
func malformedResult(front string) any {
	if front == "stream" {
		return func() (*prelude, error) { return &prelude{strings.NewReader(`{"hidden":1}`)}, nil }
	}
	return raw(`{"statusCode":"hidden"}`)
}

func TestFrontsReportBrokenRequests(t *testing.T) {
	for name, front := range fronts {
		local, _ := newLocal(t)
		r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("x"), broken{}))
		w := httptest.NewRecorder()
		front(add(t, local, "f", func() { t.Error("the function ran") })).ServeHTTP(w, r)
		if w.Code != 400 {
			t.Errorf("%s: got %d", name, w.Code)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFrontsTimeOut(t *testing.T) {
	for name, want := range map[string]struct {
		status int
		body   string
		after  time.Duration
	}{
		"RESTAPI":      {504, `{"message":"Endpoint request timed out"}`, 29 * time.Second},
		"HTTPAPI":      {503, `{"message":"Service Unavailable"}`, 30 * time.Second},
		"URL":          {200, "late", time.Minute},
		"LoadBalancer": {200, "late", time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t)
			ended := false
			fn := add(t, local, "slow", func(ctx context.Context) (json.RawMessage, error) {
				time.Sleep(time.Minute)
				ended = ctx.Err() == nil
				return json.RawMessage(`{"statusCode":200,"body":"late"}`), nil
			}, func(o *lambdalocal.FunctionOptions) { o.Timeout = 5 * time.Minute })
			began := time.Now()
			w := do(fronts[name](fn), "GET", "/", "")
			if w.Code != want.status || w.Body.String() != want.body || time.Since(began) != want.after {
				t.Errorf("%s: got %d %s after %v", name, w.Code, w.Body, time.Since(began))
			}
			local.Close()
			if !ended {
				t.Errorf("%s: the function was stopped", name)
			}
		})
	}
}

// A function that answers exactly at the timeout is late.
func TestFrontsTimeOutByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		fn := add(t, local, "f", func() (events.APIGatewayProxyResponse, error) {
			time.Sleep(time.Second)
			return events.APIGatewayProxyResponse{StatusCode: 200}, nil
		})
		api := fn.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.Timeout = time.Second })
		for range 50 {
			if w := do(api, "GET", "/", ""); w.Code != 504 {
				t.Fatalf("got %d", w.Code)
			}
		}
	})
}

func TestFrontsForwardHeaders(t *testing.T) {
	const trace = "Root=1-5e9f0c65-1de4d666d4dd26aced652b6c"
	for name, front := range fronts {
		if name == "stream" {
			continue // its function returns no result
		}
		var got struct{ Headers map[string]string }
		event := received(t, front, "GET", "http://f.example:8080/", "", "X-Forwarded-For", "10.0.0.1", "X-Amzn-Trace-Id", trace)
		if err := json.Unmarshal(event, &got); err != nil {
			t.Fatal(err)
		}
		headers := http.Header{}
		for n, v := range got.Headers {
			headers.Set(n, v)
			if lower := n == strings.ToLower(n); lower == (name == "RESTAPI") {
				t.Errorf("%s: the header's name is %s", name, n)
			}
		}
		want := http.Header{
			"Host": {"f.example:8080"}, "X-Amzn-Trace-Id": {trace}, "X-Forwarded-For": {"10.0.0.1, 192.0.2.1"},
			"X-Forwarded-Port": {"8080"}, "X-Forwarded-Proto": {"http"},
		}
		if diff := cmp.Diff(want, headers); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestFrontsStartATrace(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", func(ctx context.Context, e events.LambdaFunctionURLRequest) (string, error) {
		return ctx.Value("x-amzn-trace-id").(string) + " " + e.Headers["x-amzn-trace-id"], nil
	})
	for _, sent := range []string{"", "Self=1"} {
		got := strings.Fields(do(fn.URL(), "GET", "/", "", "X-Amzn-Trace-Id", sent).Body.String())
		if len(got) != 2 || got[0] != got[1] || !strings.HasPrefix(got[0], "Root=1-") {
			t.Errorf("got %q", got)
		}
	}
}

func TestFrontsTellTheRequestID(t *testing.T) {
	for name, header := range map[string]string{"URL": "X-Amzn-RequestId", "stream": "X-Amzn-RequestId", "RESTAPI": "X-Amzn-RequestId", "HTTPAPI": "Apigw-Requestid"} {
		if w := answered(t, fronts[name], `{"statusCode":200}`); len(w.Header().Get(header)) != 36 {
			t.Errorf("%s: got %v", name, w.Header())
		}
	}
}

func TestFrontsRefuseOptions(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	panics(t, `URL: URLOptions.InvokeMode is "STREAM", want BUFFERED or RESPONSE_STREAM`, func() {
		fn.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = "STREAM" })
	})
	panics(t, `URL: option 1 of 1 is nil`, func() { fn.URL(nil) })
	panics(t, `LoadBalancer: option 1 of 1 is nil`, func() { fn.LoadBalancer(nil) })
	for want, opt := range map[string]func(*lambdalocal.RESTAPIOptions){
		`Resource has the segment {proxy+}, want it last`:                             func(o *lambdalocal.RESTAPIOptions) { o.Resource = "/{proxy+}/x" },
		`Resource has the segment {a, want a word or a parameter`:                     func(o *lambdalocal.RESTAPIOptions) { o.Resource = "/{a" },
		`Stage is "$default", want 1 to 128 letters, digits, hyphens and underscores`: func(o *lambdalocal.RESTAPIOptions) { o.Stage = "$default" },
		`BinaryMediaTypes has "png", want a media type`:                               func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"png"} },
		`Timeout is 15m1s, want 50ms to 15m0s`:                                        func(o *lambdalocal.RESTAPIOptions) { o.Timeout = 15*time.Minute + time.Second },
	} {
		panics(t, "RESTAPI: RESTAPIOptions."+want, func() { fn.RESTAPI(opt) })
	}
	for want, opt := range map[string]func(*lambdalocal.HTTPAPIOptions){
		`RouteKey is "/pets", want $default, or a method and a path`:          func(o *lambdalocal.HTTPAPIOptions) { o.RouteKey = "/pets" },
		`RouteKey has the path "pets", want one that begins with a slash`:     func(o *lambdalocal.HTTPAPIOptions) { o.RouteKey = "GET pets" },
		`Stage is "", want 1 to 128 letters, digits, hyphens and underscores`: func(o *lambdalocal.HTTPAPIOptions) { o.Stage = "" },
		`PayloadFormatVersion is "1", want "2.0" or "1.0"`:                    func(o *lambdalocal.HTTPAPIOptions) { o.PayloadFormatVersion = "1" },
		`Timeout is 31s, want 50ms to 30s`:                                    func(o *lambdalocal.HTTPAPIOptions) { o.Timeout = 31 * time.Second },
	} {
		panics(t, "HTTPAPI: HTTPAPIOptions."+want, func() { fn.HTTPAPI(opt) })
	}
}
