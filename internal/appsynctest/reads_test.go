//go:build amplify

package appsynctest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestFrontEndOfManyJobs reads each job once when the page opens and once when its own
// subscription begins, not when that of another does.
func TestFrontEndOfManyJobs(t *testing.T) {
	a := Start(t)
	var ids []string
	for range 3 {
		ids = append(ids, a.createJob(t, "user", object{"query": "why?", "status": "pending"}))
	}
	endpoint, reads := countReads(t, a.URL)
	page := open(t, endpoint, a.Token("user", time.Hour), strings.Join(ids, " "), "EVERY=3600000")
	for range ids {
		page.sees(subscribed)
	}
	for i, id := range ids {
		a.updateJob(t, id, object{"status": "complete", "response": fmt.Sprint("answer ", i)})
		page.sees(fmt.Sprintf(`{"response":["answer %d",true]}`, i))
	}
	page.ends()
	if n := reads.Load(); n != 6 {
		t.Errorf("%d reads of 3 jobs, want 6", n)
	}
}

// countReads returns an endpoint that counts the reads of jobs and passes everything on.
func countReads(t *testing.T, target string) (endpoint string, reads *atomic.Int32) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	reads = new(atomic.Int32)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		body, _ := io.ReadAll(r.In.Body)
		r.Out.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte("getQueryJob")) {
			reads.Add(1)
		}
	}}
	server := httptest.NewServer(http.Handler(proxy))
	t.Cleanup(server.CloseClientConnections) // a Close waits for sockets
	return server.URL + to.Path, reads
}
