package process

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/asyncpatterns/asyncpatterns/internal/loopback"
)

// runtimeAPI serves Lambda's Runtime API to one process.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	addr   string
	server *http.Server

	work      chan *delivery // what the process gets next
	asks      chan struct{}  // holds a value if the process has asked for an invocation
	initError chan error

	mu      sync.Mutex
	current *delivery // not answered yet
}

// delivery is one attempt of an invocation, given to a process.
type delivery struct {
	*Invocation
	deadline time.Time
	answer   chan answer
}

// answer is what the process answered, or its error.
type answer struct {
	payload []byte
	err     error
}

func startRuntimeAPI() (*runtimeAPI, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &runtimeAPI{
		addr: listener.Addr().String(), work: make(chan *delivery, 1), asks: make(chan struct{}, 1),
		initError: make(chan error, 1),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", a.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", a.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", a.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", a.initFailure)
	a.server = &http.Server{Handler: refusePages(mux), ReadHeaderTimeout: time.Minute}
	go a.server.Serve(listener)
	return a, nil
}

// refusePages keeps web pages from taking and answering invocations.
func refusePages(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if loopback.PageHeader(r) != "" || !loopback.IsHost(r.Host) {
			refuseRuntime(w, http.StatusForbidden, "Forbidden")
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (a *runtimeAPI) close() { a.server.Close() }

// next waits for an invocation and delivers it.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case a.asks <- struct{}{}:
	default:
	}
	select {
	case d := <-a.work:
		a.deliver(w, d)
	case <-r.Context().Done():
	}
}

func (a *runtimeAPI) deliver(w http.ResponseWriter, d *delivery) {
	a.mu.Lock()
	a.current = d
	a.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", d.RequestID)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(d.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", d.ARN)
	h.Set("Lambda-Runtime-Trace-Id", d.Trace)
	if len(d.Client) > 0 {
		h.Set("Lambda-Runtime-Client-Context", string(d.Client))
	}
	w.Write(d.Payload)
}

// response takes the answer, or passes it to Stream.
func (a *runtimeAPI) response(w http.ResponseWriter, r *http.Request) {
	d := a.take(r)
	if d == nil {
		refuseRuntime(w, http.StatusBadRequest, "InvalidRequestID")
		return
	}
	if d.Stream != nil && r.ContentLength < 0 {
		err := d.Stream(r.Header.Get("Content-Type"), r.Body)
		d.answer <- answer{err: ended(r, err)}
		accept(w)
		return
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, MaxResponse+1))
	err = ended(r, err)
	tooLarge := len(payload) > MaxResponse
	if d.Stream != nil && err == nil && !tooLarge { // a runtime that does not stream
		err = d.Stream(r.Header.Get("Content-Type"), bytes.NewReader(payload))
	}
	d.answer <- answer{payload, err}
	if tooLarge {
		refuseRuntime(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
		return
	}
	accept(w)
}

// ended is the error of a response that has been read to its end. A runtime reports a
// failure in the middle of a response in trailers.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
func ended(r *http.Request, err error) error {
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		document, _ := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		return reported(document, kind, "the function failed after its response had begun")
	}
	if err != nil {
		return messages.InvokeResponse_Error{Type: "Runtime.TruncatedResponse", Message: err.Error()}
	}
	return nil
}

func (a *runtimeAPI) failure(w http.ResponseWriter, r *http.Request) {
	d := a.take(r)
	if d == nil {
		refuseRuntime(w, http.StatusBadRequest, "InvalidRequestID")
		return
	}
	d.answer <- answer{err: readError(r)}
	accept(w)
}

func (a *runtimeAPI) initFailure(w http.ResponseWriter, r *http.Request) {
	select {
	case a.initError <- readError(r):
	default:
	}
	accept(w)
}

func readError(r *http.Request) error {
	body, _ := io.ReadAll(io.LimitReader(r.Body, MaxResponse))
	kind := cmp.Or(r.Header.Get("Lambda-Runtime-Function-Error-Type"), "Runtime.Unknown")
	return reported(body, kind, "the runtime's error document is not a JSON object")
}

// reported is the error of a document. If that has no type or is not a JSON object, kind
// and message take their place.
func reported(document []byte, kind, message string) error {
	var e struct{ ErrorType, ErrorMessage string }
	if json.Unmarshal(document, &e) != nil {
		return messages.InvokeResponse_Error{Type: kind, Message: message}
	}
	return Reported{messages.InvokeResponse_Error{Type: cmp.Or(e.ErrorType, kind), Message: e.ErrorMessage}, document}
}

// take returns the delivery that the request answers, once.
func (a *runtimeAPI) take(r *http.Request) *delivery {
	a.mu.Lock()
	defer a.mu.Unlock()
	d := a.current
	if d == nil || d.RequestID != r.PathValue("id") {
		return nil
	}
	a.current = nil
	return d
}

func accept(w http.ResponseWriter) {
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`)
}

func refuseRuntime(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, `{"errorMessage":"`+http.StatusText(status)+`","errorType":"`+kind+`"}`)
}
