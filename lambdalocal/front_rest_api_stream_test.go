package lambdalocal_test

import (
	"errors"
	"fmt"
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

// streamFronts are the fronts that send a response while the function writes it.
var streamFronts = map[string]func(*lambdalocal.Function) http.Handler{"function URL": streaming, "REST API": streamingAPI}

func streamingAPI(f *lambdalocal.Function) http.Handler {
	return f.RESTAPI(func(o *lambdalocal.RESTAPIOptions) {
		o.ResponseTransferMode, o.Timeout = lambdalocal.ResponseTransferModeStream, 15*time.Minute
	})
}

// streamedAPI is a function that returns what is written to the pipe.
func streamedAPI(body io.Reader) any {
	return func() (*events.APIGatewayProxyStreamingResponse, error) {
		return &events.APIGatewayProxyStreamingResponse{
			StatusCode: 202, Headers: map[string]string{"Content-Type": "a/b", "x-a": "0"}, Body: body, Cookies: []string{"c=3"},
			MultiValueHeaders: map[string][]string{"X-A": {"1", "2"}, "Set-Cookie": {"a=1", "b=2"}},
		}, nil
	}
}

// The function writes a piece only after the client has read the previous one.
func TestRESTAPIStreams(t *testing.T) {
	local, _ := newLocal(t)
	body, out := io.Pipe()
	resp, _ := get(t, streamingAPI(add(t, local, "f", streamedAPI(body))))
	header := resp.Header
	if resp.StatusCode != 202 || header.Get("Content-Type") != "a/b" || !cmp.Equal(header["Set-Cookie"], []string{"a=1", "b=2", "c=3"}) || !cmp.Equal(header["X-A"], []string{"1", "2", "0"}) {
		t.Errorf("got %d %v", resp.StatusCode, header)
	}
	for n := range 3 {
		piece := fmt.Sprintf("piece %d", n)
		io.WriteString(out, piece)
		got := make([]byte, len(piece))
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != piece {
			t.Errorf("got %q, %v", got, err)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
		t.Errorf("after the last piece: %q, %v", rest, err)
	}
}

// TestRESTAPIStreamResponses: a response needs a prelude, whatever its type, and the
// prelude has four members at most.
func TestRESTAPIStreamResponses(t *testing.T) {
	nul := strings.Repeat("\x00", 8)
	plain := func(s string) any { return func() (io.Reader, error) { return strings.NewReader(s), nil } }
	for name, tt := range map[string]struct {
		handler           any
		status            int
		contentType, body string
	}{
		"no members":             {plain("{}" + nul + "x"), 200, "application/json", "x"},
		"of any type":            {plain(`{"statusCode":201,"headers":{"content-type":"a/b"}}` + nul + "x"), 201, "a/b", "x"},
		"no body":                {plain(`{"statusCode":204}` + nul), 204, "application/json", ""},
		"raw bytes":              {plain("{}" + nul + "\xff\x00"), 200, "application/json", "\xff\x00"},
		"no prelude":             {plain("hello"), 500, "application/json", `{"message":"Internal server error"}`},
		"nothing":                {plain(""), 500, "application/json", `{"message":"Internal server error"}`},
		"a buffered result":      {raw(`{"statusCode":200,"body":"x"}`), 500, "application/json", `{"message":"Internal server error"}`},
		"a body in the prelude":  {plain(`{"statusCode":200,"body":"x"}` + nul), 500, "application/json", `{"message":"Internal server error"}`},
		"isBase64Encoded":        {plain(`{"isBase64Encoded":false}` + nul), 500, "application/json", `{"message":"Internal server error"}`},
		"seven NULs":             {plain("{}" + nul[1:] + "x"), 500, "application/json", `{"message":"Internal server error"}`},
		"a prelude over 16 KB":   {plain("{}" + strings.Repeat(" ", 16<<10) + nul), 500, "application/json", `{"message":"Internal server error"}`},
		"no JSON":                {plain("hello" + nul), 500, "application/json", `{"message":"Internal server error"}`},
		"an error":               {func() (io.Reader, error) { return nil, &problem{"no"} }, 502, "application/json", `{"message":"Internal server error"}`},
		"an error in the middle": {func() (io.Reader, error) { return io.MultiReader(strings.NewReader("{"), broken{}), nil }, 502, "application/json", `{"message":"Internal server error"}`},
	} {
		local, _ := newLocal(t)
		w := do(streamingAPI(add(t, local, "f", tt.handler)), "GET", "/", "")
		if w.Code != tt.status || w.Header().Get("Content-Type") != tt.contentType || w.Body.String() != tt.body {
			t.Errorf("%s: got %d %q of %q", name, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
	}
}

// TestRESTAPIStreamKeepsTheLength that the function has set.
func TestRESTAPIStreamKeepsTheLength(t *testing.T) {
	local, _ := newLocal(t)
	resp, _ := get(t, streamingAPI(add(t, local, "f", func() (*events.APIGatewayProxyStreamingResponse, error) {
		return &events.APIGatewayProxyStreamingResponse{Headers: map[string]string{"content-length": "5"}, Body: strings.NewReader("12345")}, nil
	})))
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "12345" || resp.ContentLength != 5 {
		t.Errorf("got %q of %d bytes, %v", got, resp.ContentLength, err)
	}
}

func TestRESTAPIStreamBreaksOff(t *testing.T) {
	local, _ := newLocal(t)
	body, out := io.Pipe()
	resp, _ := get(t, streamingAPI(add(t, local, "f", streamedAPI(body))))
	io.WriteString(out, "begun")
	out.CloseWithError(&problem{"and lost"})
	if got, err := io.ReadAll(resp.Body); string(got) != "begun" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v; want a broken connection", got, err)
	}
}

// TestRESTAPIStreamTakesTooLong, in all or between two pieces.
func TestRESTAPIStreamTakesTooLong(t *testing.T) {
	for name, tt := range map[string]struct {
		timeout, before, between time.Duration
		status                   int
		broken                   any
		took                     time.Duration
	}{
		"in time":                {time.Hour / 6, 0, 4 * time.Minute, 202, nil, 8 * time.Minute},
		"before the first piece": {time.Minute, 2 * time.Minute, 0, 504, nil, time.Minute},
		"in all":                 {time.Minute, 0, 40 * time.Second, 202, http.ErrAbortHandler, time.Minute},
		"a pause":                {15 * time.Minute, 0, 6 * time.Minute, 202, http.ErrAbortHandler, 5 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t)
			body, out := io.Pipe()
			fn := add(t, local, "f", streamedAPI(body), func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute })
			api := fn.RESTAPI(func(o *lambdalocal.RESTAPIOptions) {
				o.ResponseTransferMode, o.Timeout = lambdalocal.ResponseTransferModeStream, tt.timeout
			})
			if tt.before > 0 {
				api = add(t, local, "late", func() (io.Reader, error) { time.Sleep(tt.before); return body, nil }, func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute }).
					RESTAPI(func(o *lambdalocal.RESTAPIOptions) {
						o.ResponseTransferMode, o.Timeout = lambdalocal.ResponseTransferModeStream, tt.timeout
					})
			}
			go func() {
				for range 2 {
					time.Sleep(tt.between)
					io.WriteString(out, "x")
				}
				out.Close()
			}()
			w, began := httptest.NewRecorder(), time.Now()
			value := func() (value any) {
				defer func() { value = recover() }()
				api.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				return nil
			}()
			if took := time.Since(began); w.Code != tt.status || value != tt.broken || took != tt.took {
				t.Errorf("%s: got %d and %v after %v", name, w.Code, value, took)
			}
		})
	}
}

// TestRESTAPIBufferedLosesTheBody of a response that was meant to be streamed.
func TestRESTAPIBufferedLosesTheBody(t *testing.T) {
	local, log := newLocal(t)
	w := do(add(t, local, "f", streamedAPI(strings.NewReader("lost"))).RESTAPI(), "GET", "/", "")
	if w.Code != 202 || w.Header().Get("X-A") != "1" || w.Body.Len() != 0 {
		t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
	}
	if !strings.Contains(log.String(), "ResponseTransferMode STREAM") {
		t.Errorf("logged %s", log)
	}
}

func TestRESTAPIRefusesTransferModes(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", func() {})
	defer func() {
		if got, want := fmt.Sprint(recover()), `lambdalocal: RESTAPI: RESTAPIOptions.ResponseTransferMode is "SLOW", want BUFFERED or STREAM`; got != want {
			t.Errorf("panicked with %s, want %s", got, want)
		}
	}()
	fn.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.ResponseTransferMode = "SLOW" })
}
