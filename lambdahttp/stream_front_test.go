package lambdahttp_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// streams are things that a handler may do with the ResponseWriter of a stream.
var streams = map[string]func(http.ResponseWriter){
	"a large body":           func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat("0123456789", 1<<18)) },
	"a large body of bytes":  func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat("\x00\xff", 1<<18)) },
	"flushed pieces":         func(w http.ResponseWriter) { pieces(w, "<html>", "one", "two") },
	"flushed typed pieces":   func(w http.ResponseWriter) { w.Header().Set("Content-Type", "a/b"); pieces(w, "one", "two") },
	"a flush first":          func(w http.ResponseWriter) { pieces(w, "", "<html>") },
	"only a flush":           func(w http.ResponseWriter) { pieces(w, "") },
	"a flushed status":       func(w http.ResponseWriter) { w.WriteHeader(202); pieces(w, "") },
	"a type in pieces":       func(w http.ResponseWriter) { io.WriteString(w, "<!DOCTYPE"); io.WriteString(w, " html>") },
	"a type after 500 bytes": func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat(" ", 505)); io.WriteString(w, "<html>x") },
	"a type after 600 bytes": func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat(" ", 600)); io.WriteString(w, "<html>x") },
	"a panic midway":         func(w http.ResponseWriter) { pieces(w, "begun"); panic("lost") },
	"an abort midway":        func(w http.ResponseWriter) { pieces(w, "begun"); panic(http.ErrAbortHandler) },
	"a panic after a status": func(w http.ResponseWriter) { w.WriteHeader(202); pieces(w, ""); panic("lost") },
	"a length":               func(w http.ResponseWriter) { w.Header().Set("Content-Length", "3"); io.WriteString(w, "abc") },
	"more than the length":   func(w http.ResponseWriter) { w.Header().Set("Content-Length", "3"); pieces(w, "abc", "d") },
	"less than the length":   func(w http.ResponseWriter) { w.Header().Set("Content-Length", "3"); pieces(w, "a", "b") },
	"not modified":           func(w http.ResponseWriter) { w.Header().Set("Etag", `"1"`); w.WriteHeader(304); io.WriteString(w, "x") },
	"no content, flushed":    func(w http.ResponseWriter) { w.WriteHeader(204); pieces(w, "x") },
	"a header after a flush": func(w http.ResponseWriter) {
		pieces(w, "x")
		w.Header().Set("X-Late", "1")
		w.WriteHeader(500)
		pieces(w, "y")
	},
	"a large header": repeated("X-A", strings.Repeat("x", 12<<10)),
}

func pieces(w http.ResponseWriter, texts ...string) {
	for _, text := range texts {
		io.WriteString(w, text)
		http.NewResponseController(w).Flush()
	}
}

// TestStreamAnswersAsNetHTTP: the client of a front door that streams gets, byte for
// byte, what net/http sends, except for what the front door cannot express.
func TestStreamAnswersAsNetHTTP(t *testing.T) {
	quiet(t)
	all := maps.Clone(answers)
	maps.Copy(all, streams)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { all[r.URL.Query().Get("a")](w) })
	plain := fronttest.Serve(t, h)
	for name, f := range fronttest.Streams {
		base := f.Deploy(t, lambdahttp.Stream(h))
		for what := range all {
			for _, method := range []string{http.MethodPost, http.MethodHead} {
				t.Run(name+" "+method+" "+what, func(t *testing.T) {
					query := "/?a=" + strings.ReplaceAll(what, " ", "+")
					want, got := fronttest.Receive(t, plain+query, method), fronttest.Receive(t, base+query, method)
					loseOfResponse(f, &want.Response, &got.Response)
					loseOfStream(&want, &got)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}

// loseOfStream removes the Content-Length that net/http computes and a stream has not.
func loseOfStream(want, got *fronttest.Streamed) {
	if got.Header.Get("Content-Length") == "" {
		want.Header.Del("Content-Length")
	}
}
