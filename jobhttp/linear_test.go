//go:build unix && !race

package jobhttp_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
)

// TestTokensAreLinear: a token of any length, or many of them.
func TestTokensAreLinear(t *testing.T) {
	tokens := readTokens(t, "test", newKey, oldKey)
	h := tokenAPI(t, tokens)
	good := issue(tokens, "1", time.Minute)
	for name, query := range map[string]func(n int) string{
		"long":     func(n int) string { return "token=" + strings.Repeat("x", n) },
		"dots":     func(n int) string { return "token=jobread2." + strings.Repeat(".", n) },
		"digits":   func(n int) string { return "token=jobread2." + strings.Repeat("9", n) + "." },
		"appended": func(n int) string { return "token=" + good + strings.Repeat("A", n) },
		"escaped":  func(n int) string { return "token=" + strings.Repeat("%41", n/3) },
		"many":     func(n int) string { return strings.Repeat("token="+strings.Repeat("x", 800)+"&", n/807) }, // net/url reads 10,000
	} {
		lineartest.Check(t, name, func(n int) func() {
			q := query(n)
			return func() { h.ServeHTTP(httptest.NewRecorder(), requestWith(q)) }
		})
	}
	lineartest.Check(t, "headers", func(n int) func() {
		r := requestWith("")
		r.Header["Authorization"] = slices.Repeat([]string{"Bearer jobread2.x"}, n/64)
		return func() { h.ServeHTTP(httptest.NewRecorder(), r) }
	})
	lineartest.Check(t, "header", func(n int) func() {
		r := requestWith("")
		r.Header.Set("Authorization", "Bearer jobread2."+strings.Repeat(" ", n))
		return func() { h.ServeHTTP(httptest.NewRecorder(), r) }
	})
}
