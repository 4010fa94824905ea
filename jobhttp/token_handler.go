package jobhttp

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// byToken marks the context of a request that a read token allows. Its value is the context
// that the request came with.
type byToken struct{}

// withToken serves a request that has a read token, in place of the caller's authorization,
// until the token expires. A token that is not valid is answered with 401, whatever is
// wrong with it.
func (h *handler[In, Out]) withToken(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tokens := tokensOf(r)
		if h.opts.ReadTokens.sign == nil || len(tokens) == 0 {
			next(w, r)
			return
		}
		expires, ok := h.opts.ReadTokens.check(tokens[0], idOf(r))
		if !ok || len(tokens) > 1 {
			h.deny(w, r, ErrUnauthenticated)
			return
		}
		ctx, cancel := context.WithDeadline(context.WithValue(r.Context(), byToken{}, r.Context()), expires)
		defer cancel()
		next(w, r.WithContext(ctx))
	}
}

// tokensOf returns the read tokens of a request. A bearer token of another kind is for the
// caller's [Authorize].
func tokensOf(r *http.Request) []string {
	tokens := r.URL.Query()["token"]
	for _, value := range r.Header.Values("Authorization") {
		scheme, token, _ := strings.Cut(value, " ")
		if strings.EqualFold(scheme, "Bearer") && strings.HasPrefix(strings.TrimSpace(token), tokenVersion+".") {
			tokens = append(tokens, strings.TrimSpace(token))
		}
	}
	return tokens
}

// orToken returns an Authorize that does not ask authorize about a request with a token.
func orToken[In, Out any](authorize Authorize[In, Out]) Authorize[In, Out] {
	return func(r *http.Request, action Action, job *jobstore.Job[In, Out]) (string, error) {
		if action == Read && tokenAllows(r) {
			return "", nil
		}
		return authorize(r, action, job)
	}
}

func tokenAllows(r *http.Request) bool { return r.Context().Value(byToken{}) != nil }

// withoutToken is the context that a request came with. Its deadline is not the token's.
func withoutToken(ctx context.Context) context.Context {
	if came, ok := ctx.Value(byToken{}).(context.Context); ok {
		return came
	}
	return ctx
}

// issue answers with a read token for a job that the caller may read.
func (h *handler[In, Out]) issue(w http.ResponseWriter, r *http.Request) {
	job, _, ok := h.find(w, r, Read)
	if !ok {
		return
	}
	token, expires := h.opts.ReadTokens.issue(job.ID, MaxTokenTime)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"token": token, "expiresAt": expires.UTC()}) // the client has gone
}

// redirected is true of a request that a ServeMux redirects. It is answered with 404, since
// that Location would repeat the query and its token. A path without its slash is that of a
// StripPrefix which removes it.
func redirected(r *http.Request) bool {
	path := r.URL.EscapedPath()
	return !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../")
}
