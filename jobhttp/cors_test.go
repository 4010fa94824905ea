package jobhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

const site = "https://www.example.com"

func cors(t *testing.T, origins ...string) http.Handler {
	t.Helper()
	return jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.AllowedOrigins = origins })
}

// TestAPageOfAnAllowedOrigin may use the API, and sees what it needs of the answers, those
// to refused requests included.
func TestAPageOfAnAllowedOrigin(t *testing.T) {
	h := cors(t, "http://localhost:8080", site)
	for _, name := range []string{"ann", ""} {
		w := call(t, h, "POST", "/", `"q"`, "Origin", site, "User", name)
		for header, want := range map[string]string{
			"Access-Control-Allow-Origin": site, "Access-Control-Allow-Credentials": "true",
			"Access-Control-Expose-Headers": "Location, ETag, Retry-After", "Vary": "Origin",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%d: %s: %s, want %s", w.Code, header, got, want)
			}
		}
	}
}

func TestPreflight(t *testing.T) {
	for _, path := range []string{"/", "/a", "/a/events"} {
		w := call(t, cors(t, site), "OPTIONS", path, "", "Origin", site, "Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "content-type,user")
		for header, want := range map[string]string{
			"Access-Control-Allow-Origin": site, "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE",
			"Access-Control-Allow-Headers": "content-type,user", "Access-Control-Max-Age": "600",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s: %s, want %s", path, header, got, want)
			}
		}
		if vary := strings.Join(w.Header().Values("Vary"), ", "); w.Code != 204 || vary != "Origin, Access-Control-Request-Headers" {
			t.Errorf("%s: %d, Vary: %s", path, w.Code, vary)
		}
	}
}

// TestOtherOrigins get no header that lets a page see the answer, and no preflight.
func TestOtherOrigins(t *testing.T) {
	for name, h := range map[string]http.Handler{"none allowed": cors(t), "another allowed": cors(t, site)} {
		for _, origin := range []string{"", "null", "*", "https://www.example.com.evil.org", "https://www.example.co", "https://", "https://evil.org", "http://www.example.com", "https://www.example.com:8443", "https://WWW.example.com"} {
			for _, method := range []string{"GET", "OPTIONS"} {
				w := call(t, h, method, "/a", "", "Origin", origin, "User", "ann", "Access-Control-Request-Method", "DELETE")
				for header := range w.Header() {
					if strings.HasPrefix(header, "Access-Control-") {
						t.Errorf("%s: %s from %q: %v", name, method, origin, w.Header())
					}
				}
				if want := map[string]int{"GET": 404, "OPTIONS": 405}[method]; w.Code != want {
					t.Errorf("%s: %s from %q: %d", name, method, origin, w.Code)
				}
			}
		}
	}
	if w := call(t, cors(t, site), "GET", "/a", "", "User", "ann"); w.Header().Get("Vary") != "Origin" {
		t.Errorf("a cache would mix up the answers: %v", w.Header())
	}
}

func TestOriginsAreChecked(t *testing.T) {
	for _, origin := range []string{"", "*", "null", "www.example.com", "https://", "https://www.example.com/", "https://u@www.example.com", "ftp://www.example.com", "https://*.example.com", "https://WWW.example.com", "HTTPS://www.example.com", "https://www.example.com?q"} {
		if got := panicOf(func() { cors(t, site, origin) }); !strings.HasPrefix(got, "jobhttp: New: Options.AllowedOrigins has ") {
			t.Errorf("%q: panicked with %q", origin, got)
		}
	}
}
