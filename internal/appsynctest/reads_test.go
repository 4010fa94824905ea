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

// TestFrontEndReadsTheAnswerAgain when the read after an end is stale, or fails.
func TestFrontEndReadsTheAnswerAgain(t *testing.T) {
	a := Start(t)
	for name, failed := range map[string]bool{"a stale read": false, "a failed read": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := a.createJob(t, "user", object{"query": "why?", "status": "pending"})
			page := open(t, lateRead(t, a.URL, failed), a.Token("user", time.Hour), id, "EVERY=3600000")
			page.sees(`{"spinner":["Waiting …"]}`)
			page.subscribed()
			a.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id owner status createdAt updatedAt } }`,
				object{"input": object{"id": id, "status": "complete", "response": "42"}})
			page.sees(`{"response":["42",true]}`)
			page.ends()
		})
	}
}

// lateRead returns an endpoint that answers the third read of a job as it did the first one,
// or with an error. The two before are those of a page that opens and has subscribed.
func lateRead(t *testing.T, target string, failed bool) (endpoint string) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	var reads atomic.Int32
	var first atomic.Pointer[[]byte]
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			body, _ := io.ReadAll(r.In.Body)
			r.Out.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte("getQueryJob")) {
				r.Out.Header.Set("Accept-Encoding", "identity")
				r.Out.Header.Set("X-Read", fmt.Sprint(reads.Add(1)))
			}
		},
		ModifyResponse: func(r *http.Response) error {
			switch r.Request.Header.Get("X-Read") {
			case "1":
				body, err := io.ReadAll(r.Body)
				first.Store(&body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				return err
			case "3":
				if failed {
					return fmt.Errorf("the API is not there")
				}
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(*first.Load())), int64(len(*first.Load()))
				r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
			}
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.CloseClientConnections) // a Close waits for sockets
	return server.URL + to.Path
}
