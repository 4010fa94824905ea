package lambdalocal

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
)

// continues puts the invocation into its caller's trace, if there is one.
func (i *invocation) continues(header string) {
	if strings.Contains(header, "Root=") {
		i.trace = header
	}
}

// request is r, whose body has been read, for httpevent.
func (i *invocation) request(r *http.Request, body []byte) httpevent.Request {
	request := httpevent.Request{
		ID: i.requestID, Trace: i.trace, Received: time.Now().UTC(),
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Protocol: r.Proto, Header: r.Header, Body: body,
		SourceIP: sourceIP(r), Host: r.Host, Scheme: "http", Port: "80",
		AccountID: i.fn.local.options.AccountID, APIID: i.fn.name,
	}
	if r.TLS != nil {
		request.Scheme, request.Port = "https", "443"
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		request.Port = port
	}
	return request
}

func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func marshal(event any) []byte {
	payload, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return payload
}
