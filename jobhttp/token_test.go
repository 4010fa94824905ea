package jobhttp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

var (
	oldKey = []byte("an old key of 32 bytes or so....")
	newKey = []byte("a new key of 32 bytes or so.....")
)

func readTokens(t *testing.T, audience string, keys ...[]byte) jobhttp.ReadTokens {
	t.Helper()
	tokens, err := jobhttp.NewReadTokens(audience, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// The jobs of tokenAPI.
var (
	callers   = map[string]string{"1": "ann", "2": "bob"}
	sinceThen = time.Date(2026, 11, 26, 19, 0, 0, 0, time.UTC)
)

func issue(tokens jobhttp.ReadTokens, id string, validFor time.Duration) string {
	return jobhttp.IssueToken(tokens, &job{ID: id, Caller: callers[id], CreatedAt: sinceThen}, validFor)
}

// issueNow is for a job that was created at this time of a bubble.
func issueNow(tokens jobhttp.ReadTokens, id, caller string) string {
	return jobhttp.IssueToken(tokens, &job{ID: id, Caller: caller, CreatedAt: time.Now()}, time.Minute)
}

// tokenAPI serves the jobs "1" of ann and "2" of bob.
func tokenAPI(t *testing.T, tokens jobhttp.ReadTokens, opts ...func(*jobhttp.Options)) http.Handler {
	t.Helper()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return sinceThen } })
	for id, caller := range callers {
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Caller = id, caller }); err != nil {
			t.Fatal(err)
		}
	}
	with := func(o *jobhttp.Options) { o.ReadTokens, o.MaxWatch = tokens, 20*time.Millisecond }
	return jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), append(opts, with)...)
}

// TestAReadTokenReadsOneJob and does nothing else.
func TestAReadTokenReadsOneJob(t *testing.T) {
	tokens := readTokens(t, "test", newKey)
	h := tokenAPI(t, tokens)
	token := issue(tokens, "1", time.Minute)
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/1", 200},
		{"HEAD", "/1", 200},
		{"GET", "/1/events", 200},
		{"HEAD", "/1/events", 200},
		{"GET", "/2", 401},
		{"HEAD", "/2", 401},
		{"GET", "/2/events", 401},
		{"GET", "/missing", 401},
		{"DELETE", "/1", 401},
		{"POST", "/", 401},
		{"POST", "/1/token", 401},
		{"DELETE", "/2", 401},
	} {
		if w := call(t, h, tt.method, tt.path+"?token="+token, `"q"`); w.Code != tt.want {
			t.Errorf("%s %s with a parameter: %d %s", tt.method, tt.path, w.Code, w.Body)
		}
		if w := call(t, h, tt.method, tt.path, `"q"`, "Authorization", "Bearer "+token); w.Code != tt.want {
			t.Errorf("%s %s with a header: %d %s", tt.method, tt.path, w.Code, w.Body)
		}
	}
	if w := call(t, h, "GET", "/1?token="+token, ""); w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the headers are %v", w.Header())
	}
}

// TestATokenIsGivenToReaders of the job.
func TestATokenIsGivenToReaders(t *testing.T) {
	h := tokenAPI(t, readTokens(t, "test", newKey))
	w := call(t, h, "POST", "/1/token", "", "User", "ann")
	var got struct {
		Token     string
		ExpiresAt time.Time
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if left := time.Until(got.ExpiresAt); left > jobhttp.MaxTokenTime || left < jobhttp.MaxTokenTime-time.Minute {
		t.Errorf("expires in %v", left)
	}
	if w := call(t, h, "GET", "/1?token="+got.Token, ""); w.Code != 200 {
		t.Errorf("read with it: %d", w.Code)
	}
	for _, path := range []string{"/1/token", "/missing/token"} {
		if w := call(t, h, "POST", path, "", "User", "bob"); w.Code != 404 || strings.Contains(w.Body.String(), "token") {
			t.Errorf("%s of another: %d %s", path, w.Code, w.Body)
		}
	}
	if w := call(t, tokenAPI(t, jobhttp.ReadTokens{}), "POST", "/1/token", "", "User", "ann"); w.Code != 404 {
		t.Errorf("without keys: %d", w.Code)
	}
}

// TestOtherTokensAreRefused with the same answer, whatever is wrong with them, also when
// the caller may read the job.
func TestOtherTokensAreRefused(t *testing.T) {
	good := readTokens(t, "test", newKey)
	h := tokenAPI(t, good)
	token := issue(good, "1", time.Minute)
	parts := strings.Split(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil {
		t.Fatal(err)
	}
	seconds, _ := strconv.ParseInt(parts[1], 10, 64)
	bad := map[string]string{
		"empty":                 "",
		"of another job":        issue(good, "2", time.Minute),
		"of another key":        issue(readTokens(t, "test", oldKey), "1", time.Minute),
		"of another audience":   issue(readTokens(t, "test2", newKey), "1", time.Minute),
		"of fields moved":       issue(readTokens(t, "test1", newKey), "", time.Minute),
		"of another version":    "jobread3." + parts[1] + "." + parts[2] + "." + parts[3],
		"of the version before": "jobread1." + parts[1] + "." + parts[3],
		"of another life":       parts[0] + "." + parts[1] + ".AAAAAAAAAAAA." + parts[3],
		"without a life":        parts[0] + "." + parts[1] + ".." + parts[3],
		"of another time":       parts[0] + "." + strconv.FormatInt(seconds+1, 10) + "." + parts[2] + "." + parts[3],
		"with a sign":           parts[0] + ".+" + parts[1] + "." + parts[2] + "." + parts[3],
		"with a zero":           parts[0] + ".0" + parts[1] + "." + parts[2] + "." + parts[3],
		"with padding":          token + "=",
		"in hexadecimal":        fmt.Sprintf("%s.%s.%s.%x", parts[0], parts[1], parts[2], mac),
		"without a MAC":         parts[0] + "." + parts[1] + "." + parts[2] + ".",
		"with more":             token + "." + parts[3],
		"far too long":          token + strings.Repeat("x", 8000),
		"twice":                 token + "&token=" + token,
		"and another":           token + "&token=x",
		"of a large time":       parts[0] + ".9223372036854775807." + parts[2] + "." + parts[3],
		"of a small time":       parts[0] + ".-9223372036854775808." + parts[2] + "." + parts[3],
	}
	for i := range len(token) {
		bad[fmt.Sprintf("cut at %d", i)] = token[:i]
		bad[fmt.Sprintf("changed at %d", i)] = token[:i] + string(rune('A'+(int(token[i])+1)%26)) + token[i+1:]
	}
	want := call(t, h, "GET", "/1?token=forged", "")
	for name, token := range bad {
		for _, path := range []string{"/1?token=" + token, "/1/events?token=" + token} {
			w := call(t, h, "GET", strings.ReplaceAll(path, "+", "%2B"), "", "User", "ann")
			if w.Code != 401 || w.Body.String() != want.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(want.Header()) {
				t.Errorf("a token %s: %d %v %s", name, w.Code, w.Header(), w.Body)
			}
		}
	}
	w := call(t, h, "GET", "/1?token="+token, "", "Authorization", "Bearer "+token)
	if w.Code != 401 {
		t.Errorf("in both places: %d", w.Code)
	}
}

// TestBearerTokensOfOthers are for the caller's Authorize, as is a parameter where there
// are no tokens.
func TestBearerTokensOfOthers(t *testing.T) {
	h := tokenAPI(t, readTokens(t, "test", newKey))
	if w := call(t, h, "GET", "/1", "", "User", "ann", "Authorization", "Bearer session"); w.Code != 200 {
		t.Errorf("a session: %d", w.Code)
	}
	if w := call(t, tokenAPI(t, jobhttp.ReadTokens{}), "GET", "/1?token=x", "", "User", "ann"); w.Code != 200 {
		t.Errorf("without tokens: %d", w.Code)
	}
}

// TestNoTokenIsValidForYears, even if it is signed: its time is today's, which is years away
// from that of the test.
func TestNoTokenIsValidForYears(t *testing.T) {
	tokens := readTokens(t, "test", newKey)
	path := "/1?token=" + issue(tokens, "1", 15*time.Minute)
	synctest.Test(t, func(t *testing.T) {
		if w := call(t, tokenAPI(t, tokens), "GET", path, ""); w.Code != 401 {
			t.Errorf("got %d, want 401", w.Code)
		}
	})
}

// TestReadTokensExpire on the second, and a watch with one ends.
func TestReadTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := readTokens(t, "test", newKey)
		h := tokenAPI(t, tokens, func(o *jobhttp.Options) { o.PollInterval = time.Second })
		path := "/1?token=" + issue(tokens, "1", 15*time.Minute)
		time.Sleep(15*time.Minute - time.Second)
		if w := call(t, h, "GET", path, ""); w.Code != 200 {
			t.Errorf("before: %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := call(t, h, "GET", path, "", "User", "ann"); w.Code != 401 {
			t.Errorf("then: %d", w.Code)
		}
	})
}

func TestAWatchEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := readTokens(t, "test", newKey)
		jobs := memstore.New[string, string]()
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.ReadTokens = tokens })
		began := time.Now()
		call(t, h, "GET", "/1/events?token="+issueNow(tokens, "1", ""), "")
		if took := time.Since(began); took < 50*time.Second || took > time.Minute {
			t.Errorf("ended after %v", took)
		}
	})
}

// TestReadTokenKeysRotate without a token that is refused.
func TestReadTokenKeysRotate(t *testing.T) {
	for name, tt := range map[string]struct {
		issue, check [][]byte
		want         int
	}{
		"one key":                {[][]byte{oldKey}, [][]byte{oldKey}, 200},
		"the new key is known":   {[][]byte{oldKey, newKey}, [][]byte{oldKey, newKey}, 200},
		"known here only":        {[][]byte{oldKey, newKey}, [][]byte{oldKey}, 200},
		"swapped, an old token":  {[][]byte{oldKey, newKey}, [][]byte{newKey, oldKey}, 200},
		"swapped, a new token":   {[][]byte{newKey, oldKey}, [][]byte{oldKey, newKey}, 200},
		"the old key is gone":    {[][]byte{newKey, oldKey}, [][]byte{newKey}, 200},
		"a token of the old key": {[][]byte{oldKey}, [][]byte{newKey}, 401},
	} {
		token := issue(readTokens(t, "test", tt.issue...), "1", time.Minute)
		if w := call(t, tokenAPI(t, readTokens(t, "test", tt.check...)), "GET", "/1?token="+token, ""); w.Code != tt.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestNewReadTokensRefuses(t *testing.T) {
	for want, tt := range map[string]struct {
		audience string
		keys     [][]byte
	}{
		"jobhttp: NewReadTokens: audience is empty":                                                 {"", [][]byte{newKey}},
		"jobhttp: NewReadTokens: there are no keys, want at least 1":                                {"test", nil},
		"jobhttp: NewReadTokens: key 2 of 2 has 5 bytes, want at least 16":                          {"test", [][]byte{newKey, []byte("short")}},
		"jobhttp: NewReadTokens: key 1 of 1 was not generated: it is a word that repeats":           {"test", [][]byte{[]byte("undefinedundefined")}},
		"jobhttp: NewReadTokens: key 1 of 1 was not generated: it has fewer than 4 different bytes": {"test", [][]byte{make([]byte, 32)}},

		"jobhttp: NewReadTokens: key 1 of 1 is a reference that was not resolved":     {"test", [][]byte{[]byte("arn:aws:secretsmanager:eu-west-1:1:secret:tokens")}},
		"jobhttp: NewReadTokens: key 1 of 1 is the name of a variable, not its value": {"test", [][]byte{[]byte("JOBS_READ_TOKEN_KEY")}},
	} {
		if _, err := jobhttp.NewReadTokens(tt.audience, tt.keys...); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	tokens := readTokens(t, "test", newKey)
	for want, issuing := range map[string]func(){
		"jobhttp: IssueToken: validFor is 15m1s, want 1s to 15m0s": func() { issue(tokens, "1", 15*time.Minute+time.Second) },
		"jobhttp: IssueToken: validFor is 0s, want 1s to 15m0s":    func() { issue(tokens, "1", 0) },
		"jobhttp: IssueToken: the ReadTokens have no keys, make them with NewReadTokens": func() {
			var none jobhttp.ReadTokens
			issue(none, "1", time.Minute)
		},
		"jobhttp: IssueToken: job is nil": func() { jobhttp.IssueToken[string, string](tokens, nil, time.Minute) },
	} {
		if got := panicOf(issuing); got != want {
			t.Errorf("panicked with %q, want %q", got, want)
		}
	}
}

// TestReadTokensAreNotShown by any verb, in a struct of the caller or as JSON.
func TestReadTokensAreNotShown(t *testing.T) {
	var o jobhttp.Options
	o.ReadTokens = readTokens(t, "test", newKey)
	type own struct{ t jobhttp.ReadTokens }
	for _, v := range []any{o.ReadTokens, &o.ReadTokens, o, &o, own{o.ReadTokens}, &own{o.ReadTokens}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			shown := fmt.Sprintf(verb, v)
			if strings.Contains(shown, string(newKey)) || strings.Contains(shown, fmt.Sprintf("%x", newKey)) || strings.Contains(shown, "97 32 110") {
				t.Errorf("%s of %T shows %s", verb, v, shown)
			}
		}
	}
}

// TestATokenStandsNowhere: neither in a line of the log nor in an answer, however the
// request is made.
func TestATokenStandsNowhere(t *testing.T) {
	tokens := readTokens(t, "test", newKey)
	var log bytes.Buffer
	logged := func(o *jobhttp.Options) {
		o.ReadTokens, o.Logger = tokens, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, h := range []http.Handler{jobhttp.New(broken{}, jobhttp.AllowAll, logged), tokenAPI(t, tokens, logged)} {
		token := issue(tokens, "1", time.Minute)
		for _, path := range []string{"/1", "/1/events", "//1", "/./1", "/x/../1", "/1/", "/1//events", "/1/events/", "/", "//", "/1/token", "/1/other"} {
			for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT"} {
				r := httptest.NewRequestWithContext(t.Context(), method, "http://api.example"+path+"?token="+token, strings.NewReader(`"q"`))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if shown := fmt.Sprint(w.Header(), w.Body); strings.Contains(shown, token) {
					t.Errorf("%s %s: %d %s", method, path, w.Code, shown)
				}
			}
		}
	}
	slashless := http.StripPrefix("/jobs/", tokenAPI(t, tokens, logged)) // in place of "/jobs"
	for _, path := range []string{"/jobs/", "/jobs/1", "/jobs/1/events"} {
		if w := call(t, slashless, "GET", path+"?token="+issue(tokens, "1", time.Minute), ""); w.Code != 404 || w.Header().Get("Location") != "" {
			t.Errorf("%s without its slash: %d %v", path, w.Code, w.Header())
		}
	}
	if strings.Contains(log.String(), "jobread") || !strings.Contains(log.String(), "secret-name") {
		t.Errorf("logged %s", &log)
	}
}

func requestWith(query string) *http.Request {
	r := httptest.NewRequest("GET", "/1", nil)
	r.URL.RawQuery = query
	return r
}

// issueOf reads the job from a store.
func issueOf(t *testing.T, tokens jobhttp.ReadTokens, jobs jobstore.JobStore[string, string], id string) string {
	t.Helper()
	job, err := jobs.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return jobhttp.IssueToken(tokens, job, time.Minute)
}

// TestATokenIsOfOneLife of its job: not of another one that the same caller creates under the ID,
// also while that is watched.
func TestATokenIsOfOneLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens, jobs := readTokens(t, "test", oldKey, newKey), memstore.New[string, string]()
		create := func(input string) *job {
			created, err := jobs.Create(t.Context(), input, func(o *jobstore.CreateOptions) {
				o.ID, o.Caller, o.ExpiresAt = "1", "ann", time.Now().Add(time.Minute)
			})
			if err != nil {
				t.Fatal(err)
			}
			return created
		}
		h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.ReadTokens, o.ShowInput = tokens, true })
		token := jobhttp.IssueToken(tokens, create("first"), jobhttp.MaxTokenTime)
		watched, done := httptest.NewRecorder(), make(chan struct{})
		go func() {
			defer close(done)
			h.ServeHTTP(watched, httptest.NewRequestWithContext(t.Context(), "GET", "/1/events?token="+token, nil))
		}()
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		second := create("second")
		for _, path := range []string{"/1", "/1?wait=1s", "/1/events"} {
			if w := call(t, h, "GET", path, "", "Authorization", "Bearer "+token); w.Code != 404 || strings.Contains(w.Body.String(), "second") {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		<-done
		if !strings.Contains(watched.Body.String(), "first") || strings.Contains(watched.Body.String(), "second") {
			t.Errorf("the watch has shown %s", watched.Body)
		}
		fresh := jobhttp.IssueToken(readTokens(t, "test", newKey), second, time.Minute)
		if w := call(t, h, "GET", "/1", "", "Authorization", "Bearer "+fresh); w.Code != 200 {
			t.Errorf("a token of the new one, by the other key: %d", w.Code)
		}
	})
}
