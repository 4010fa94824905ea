package webhook_test

import (
	"crypto/ed25519"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// TestEmptySecretsAreRefused by the constructor, with an error that says which.
func TestEmptySecretsAreRefused(t *testing.T) {
	for name, make := range constructors {
		good, _ := secretsOf(name)
		for _, empty := range []string{"", " ", "\n", "\t \r\n", "\u00a0"} {
			for at := range 3 {
				secrets := append([]string(nil), good[:3]...)
				secrets[at] = empty
				for _, weak := range []bool{false, true} {
					_, err := make(secrets[0], func(o *webhook.Options) { o.Secrets, o.AllowWeakSecrets = secrets[1:], weak })
					if want := fmt.Sprintf("webhook: %s: secret %d of 3 is empty", names[name], at+1); err == nil || err.Error() != want {
						t.Errorf("%s, %q, weak secrets allowed %t: got %v, want %q", name, empty, weak, err, want)
					}
				}
			}
		}
	}
}

// TestSecretsWithSpaceAroundThemAreRefused, such as one read from a file with its newline.
func TestSecretsWithSpaceAroundThemAreRefused(t *testing.T) {
	for name, make := range constructors {
		good, _ := secretsOf(name)
		for _, spaced := range []string{good[1] + "\n", good[1] + "\r\n", " " + good[1], good[1] + "\u00a0"} {
			_, err := make(good[0], func(o *webhook.Options) { o.Secrets = []string{spaced} })
			want := "webhook: " + names[name] + ": secret 2 of 2 begins or ends with white space"
			if err == nil || err.Error() != want {
				t.Errorf("%s, %q: got %v, want %q", name, spaced, err, want)
			}
		}
	}
}

// TestPrintingShowsNoSecret: neither of a verifier nor of a struct that has one.
func TestPrintingShowsNoSecret(t *testing.T) {
	private, _ := keyPair('1')
	also := func(o *webhook.Options) { o.Secrets = []string{strings.Repeat("1234", 8)} }
	owned := func(o *webhook.Options) { o.Secrets = []string{private} }
	for name, v := range map[string]*webhook.Verifier{
		"slack": newSlack(t, also), "standard": must(t)(webhook.NewStandard(private, owned)),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			for _, shown := range []any{v, *v, struct{ V webhook.Verifier }{*v}} {
				text := fmt.Sprintf(verb, shown)
				if !strings.Contains(text, "Verifier("+name+")") || strings.Contains(text, secret) || strings.Contains(text, private) || strings.Contains(text, strings.Repeat("1234", 8)) || strings.Contains(text, "49 50 51") || strings.Contains(text, "0x31, 0x32") {
					t.Errorf("%s of %T: %s", verb, shown, text)
				}
			}
		}
	}
}

// TestHoldersShowNoSecret: package fmt calls no methods on unexported fields, and
// prints what a pointer points to when the verb does not fit.
func TestHoldersShowNoSecret(t *testing.T) {
	private, _ := keyPair('1')
	also := func(o *webhook.Options) { o.Secrets = []string{strings.Repeat("1234", 8)} }
	owned := func(o *webhook.Options) { o.Secrets = []string{private} }
	leaks := []string{secret, private, fmt.Sprintf("%x", secret), fmt.Sprintf("%x", private), "49 50 51", "0x31, 0x32", "31323334", strings.Repeat("1234", 8)}
	for name, v := range map[string]*webhook.Verifier{
		"slack": newSlack(t, also), "standard": must(t)(webhook.NewStandard(private, owned, clock(now))),
		"custom": webhook.NewFunc("custom", accepts),
	} {
		h := v.Handle(unwanted(t))
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			for _, holder := range []any{struct{ v webhook.Verifier }{*v}, struct{ v *webhook.Verifier }{v}, h, *h, verified(t, v)} {
				text := fmt.Sprintf(verb, holder)
				if at := slices.IndexFunc(leaks, func(leak string) bool { return strings.Contains(text, leak) }); at >= 0 {
					t.Errorf("%s, %s of %T shows %q: %s", name, verb, holder, leaks[at], text)
				}
			}
		}
	}
}

// verified returns a delivery that keeps its verifier.
func verified(t *testing.T, v *webhook.Verifier) webhook.Delivery {
	header := ids()
	_ = v.Sign(header, now, []byte(event)) // one of NewFunc cannot, and accepts all
	d, err := v.Verify(header, []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// panics returns the text of the panic of f, or "".
func panics(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return ""
}

var names = map[string]string{
	"slack": "NewSlack", "stripe": "NewStripe", "github": "NewGitHub", "shopify": "NewShopify", "standard": "NewStandard", "hmac": "NewHMAC",
}

func TestOptionsOutOfRangePanic(t *testing.T) {
	for want, opt := range map[string]func(*webhook.Options){
		"MaxBody is 0, want at least 1":  func(o *webhook.Options) { o.MaxBody = 0 },
		"MaxBody is -1, want at least 1": func(o *webhook.Options) { o.MaxBody = -1 },
		"Now is nil":                     func(o *webhook.Options) { o.Now = nil },
		"Logger is nil":                  func(o *webhook.Options) { o.Logger = nil },
		"option 1 of 1 is nil":           nil,
	} {
		for kind, make := range constructors {
			given, _ := secretsOf(kind)
			of := ": Options."
			if opt == nil {
				of = ": "
			}
			want := "webhook: " + names[kind] + of + want
			if got := panics(func() { _, _ = make(given[0], opt) }); got != want {
				t.Errorf("panicked with %q, want %q", got, want)
			}
		}
	}
}

// TestToleranceOutOfRangePanics: without a signed time, any tolerance is out of range.
func TestToleranceOutOfRangePanics(t *testing.T) {
	timed := map[string]bool{"slack": true, "stripe": true, "standard": true}
	for _, tolerance := range []time.Duration{-time.Second, 0, time.Minute} {
		for kind, make := range constructors {
			given, _ := secretsOf(kind)
			want := ""
			switch {
			case timed[kind] && tolerance <= 0:
				want = fmt.Sprintf("webhook: %s: Options.Tolerance is %v, want more than 0", names[kind], tolerance)
			case !timed[kind] && tolerance != 0:
				want = fmt.Sprintf("webhook: %s: Options.Tolerance is %v, but no time is signed", names[kind], tolerance)
			}
			got := panics(func() { _, _ = make(given[0], func(o *webhook.Options) { o.Tolerance = tolerance }) })
			if got != want {
				t.Errorf("%s, %v: panicked with %q, want %q", kind, tolerance, got, want)
			}
		}
	}
}

func TestMisusePanics(t *testing.T) {
	for want, misuse := range map[string]func(){
		"webhook: Handle: fn is nil":                                                func() { newSlack(t).Handle(nil) },
		"webhook: Respond: fn is nil":                                               func() { newSlack(t).Respond(nil) },
		"webhook: Middleware: next is nil":                                          func() { newSlack(t).Middleware(nil) },
		"webhook: Handle: the verifier is nil or was not made by a constructor":     func() { (*webhook.Verifier)(nil).Handle(unwanted(t)) },
		"webhook: Respond: the verifier is nil or was not made by a constructor":    func() { new(webhook.Verifier).Respond(nil) },
		"webhook: Middleware: the verifier is nil or was not made by a constructor": func() { (*webhook.Verifier)(nil).Middleware(http.NotFoundHandler()) },
		"webhook: NewFunc: option 1 of 1 is nil":                                    func() { webhook.NewFunc("mine", accepts, nil) },
		"webhook: NewFunc: name is empty":                                           func() { webhook.NewFunc("", accepts) },
		"webhook: NewFunc: verify is nil":                                           func() { webhook.NewFunc("mine", nil) },
		"webhook: NewFunc: FuncOptions.MaxBody is 0, want at least 1": func() {
			webhook.NewFunc("mine", accepts, func(o *webhook.FuncOptions) { o.MaxBody = 0 })
		},
		"webhook: NewFunc: FuncOptions.Logger is nil": func() {
			webhook.NewFunc("mine", accepts, func(o *webhook.FuncOptions) { o.Logger = nil })
		},
	} {
		if got := panics(misuse); got != want {
			t.Errorf("panicked with %q, want %q", got, want)
		}
	}
}

func TestStandardKeys(t *testing.T) {
	private, public := keyPair('1')
	_, other := keyPair('2')
	pair := func(seed, public byte) string {
		k := ed25519.NewKeyFromSeed(count(seed, 32))
		p := ed25519.NewKeyFromSeed(count(public, 32))
		return "whsk_" + encoded(append(k.Seed(), p[32:]...))
	}
	for text, want := range map[string]string{ // "": it is taken
		key("whsec_", 'k', 24): "", key("whsec_", 'k', 25): "", key("whsec_", 'k', 64): "", key("whsec_", 'k', 75): "",
		key("whsec_", 'k', 23): "has 23 bytes", key("whsec_", 'k', 1): "has 1 bytes", "whsec_": "has 0 bytes",
		"whsec_kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk-": "is not base64", "whsec_k-k_kkkkkkkkkkkkkkkkkkkkkkkkkkkk": "is not base64",
		public: "", key("whpk_", 'k', 31): "is not base64 of 32 bytes", key("whpk_", 'k', 33): "is not base64 of 32 bytes", "whpk_kkk?": "is not base64 of 32 bytes",
		private: "", pair('1', '1'): "", pair('1', '2'): "has a seed and a public key that do not belong together",
		key("whsk_", 'k', 31): "is not base64 of 32 or 64 bytes", key("whsk_", 'k', 33): "is not base64 of 32 or 64 bytes",
		key("whsk_", 'k', 63): "is not base64 of 32 or 64 bytes", key("whsk_", 'k', 65): "is not base64 of 32 or 64 bytes", "whsk_kkk?": "is not base64 of 32 or 64 bytes",
		key("", 'k', 24): "does not begin with", key("WHSEC_", 'k', 24): "does not begin with", key("v1,whsec_", 'k', 24): "does not begin with",
		key("whsec_", 'k', 24) + "?": "is not base64", public + "?": "is not base64 of 32 bytes", private + "?": "is not base64 of 32 or 64 bytes",
		"whsec": "has 0 bytes", "whpk": "is not base64 of 32 bytes", "kkkkkkkkkkkk": "does not begin with whsec_, whpk_ or whsk_",
	} {
		_, first := webhook.NewStandard(text)
		_, third := webhook.NewStandard(other, func(o *webhook.Options) { o.Secrets = []string{public, text} })
		for place, err := range map[string]error{"secret 1 of 1": first, "secret 3 of 3": third} {
			if want == "" {
				if err != nil {
					t.Errorf("%s: %v", text, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), place+" "+want) || strings.Contains(err.Error(), "kkkk") || strings.Contains(err.Error(), "a2xt") {
				t.Errorf("%s: got %v, want %q, and nothing of the key", text, err, place+" "+want)
			}
		}
	}
}

func TestSchemesAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*webhook.Scheme)
		want   string // the error begins with, after "webhook: NewHMAC: Scheme."; "": there is none
	}{
		"nothing":              {func(*webhook.Scheme) {}, ""},
		"no provider":          {func(s *webhook.Scheme) { s.Provider = "" }, "Provider is empty"},
		"no signature":         {func(s *webhook.Scheme) { s.Signature = "" }, "Signature"},
		"a space in a name":    {func(s *webhook.Scheme) { s.Signature = "X Y" }, `Signature is "X Y", which is not`},
		"a letter not ASCII":   {func(s *webhook.Scheme) { s.ID = "é" }, `ID is "é", which is not`},
		"a colon":              {func(s *webhook.Scheme) { s.Type = "X-Type:" }, `Type is "X-Type:", which is not`},
		"a time in two words":  {func(s *webhook.Scheme) { s.Timestamp, s.Content = "a b", "{timestamp}{body}" }, `Timestamp is "a b", which is not`},
		"all marks of a name":  {func(s *webhook.Scheme) { s.ID = "!#$%&'*+-.^_`|~0Zz" }, ""},
		"a signature as ID":    {func(s *webhook.Scheme) { s.ID = "x-acme-signature" }, "Signature names the header of something else"},
		"a signature as type":  {func(s *webhook.Scheme) { s.Type = "X-Acme-Signature" }, "Signature names the header of something else"},
		"a signature as time":  {func(s *webhook.Scheme) { s.Timestamp, s.Content = "X-Acme-Signature", "{timestamp}.{body}" }, "Signature names the header of something else"},
		"an unknown encoding":  {func(s *webhook.Scheme) { s.Encoding = 2 }, "Encoding"},
		"a negative one":       {func(s *webhook.Scheme) { s.Encoding = -1 }, "Encoding"},
		"no body":              {func(s *webhook.Scheme) { s.Content = "{id}" }, "Content must hold {body} once"},
		"two bodies":           {func(s *webhook.Scheme) { s.Content = "{body}{body}" }, "Content must hold {body} once"},
		"a time without name":  {func(s *webhook.Scheme) { s.Content = "{timestamp}.{body}" }, "Content must hold {timestamp} if and only if"},
		"a time that is none":  {func(s *webhook.Scheme) { s.Timestamp = "X-Time" }, "Content must hold {timestamp} if and only if"},
		"an ID without name":   {func(s *webhook.Scheme) { s.Content = "{body}.{id}" }, "Content holds {id}"},
		"id and time joined":   {func(s *webhook.Scheme) { s.Content, s.ID, s.Timestamp = "{id}{timestamp}{body}", "X-Id", "X-Time" }, "Content must have text between"},
		"time and body joined": {func(s *webhook.Scheme) { s.Content, s.Timestamp = "v1:{timestamp}{body}", "X-Time" }, "Content must have text between"},
		"id and body joined":   {func(s *webhook.Scheme) { s.Content, s.ID = "{id}{body}", "X-Id" }, "Content must have text between"},
		"body and id joined":   {func(s *webhook.Scheme) { s.Content, s.ID = "{body}{id}.", "X-Id" }, "Content must have text between"},
		"joined at the end":    {func(s *webhook.Scheme) { s.Content, s.ID, s.Timestamp = "{body}.{id}{timestamp}", "X-Id", "X-Time" }, "Content must have text between"},
		"digits between":       {func(s *webhook.Scheme) { s.Content, s.Timestamp = "{timestamp}0{body}", "X-Time" }, "Content must have text beside {timestamp}"},
		"digits first":         {func(s *webhook.Scheme) { s.Content, s.Timestamp = "{timestamp}1.{body}", "X-Time" }, "Content must have text beside {timestamp}"},
		"digits last":          {func(s *webhook.Scheme) { s.Content, s.Timestamp = "{body}.0{timestamp}", "X-Time" }, "Content must have text beside {timestamp}"},
		"digits elsewhere":     {func(s *webhook.Scheme) { s.Content, s.Timestamp = "0{timestamp}.0{body}0.{timestamp}0", "X-Time" }, ""},
		"a checksum":           {func(s *webhook.Scheme) { s.Hash = func() hash.Hash { return crc32.NewIEEE() } }, "Hash makes 4 bytes, want at least 16"},
		"a long checksum":      {func(s *webhook.Scheme) { s.Hash = fnv.New128a }, "Hash has blocks of 1 bytes, so it is a checksum"},
		"an ID not signed":     {func(s *webhook.Scheme) { s.ID = "X-Id" }, ""},
		"a time behind a body": {func(s *webhook.Scheme) { s.Content, s.Timestamp = "{body}.{timestamp}", "X-Time" }, ""},
	} {
		s := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature"}
		tt.change(&s)
		_, err := webhook.NewHMAC(secret, s)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.HasPrefix(err.Error(), "webhook: NewHMAC: Scheme."+tt.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}
