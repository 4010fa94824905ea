package jobhttp

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// byToken marks the context of a request that a read token allows.
type byToken struct{}

// tokened is the value of that mark.
type tokened struct {
	came context.Context // what the request came with
	life string          // of the job that the token is for
}

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
		life, expires, ok := h.opts.ReadTokens.check(tokens[0], idOf(r))
		if !ok || len(tokens) > 1 {
			h.deny(w, r, ErrUnauthenticated)
			return
		}
		ctx, cancel := context.WithDeadline(context.WithValue(r.Context(), byToken{}, tokened{r.Context(), life}), expires)
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

// orToken returns an Authorize that does not ask authorize about a request with a token. A job
// that has taken the ID of the token's is another one.
func orToken[In, Out any](authorize Authorize[In, Out], t ReadTokens) Authorize[In, Out] {
	return func(r *http.Request, action Action, job *jobstore.Job[In, Out]) (string, error) {
		token, ok := r.Context().Value(byToken{}).(tokened)
		switch {
		case !ok || action != Read:
			return authorize(r, action, job)
		case job != nil && !slices.Contains(lives(t, job), token.life):
			return "", ErrForbidden
		}
		return "", nil
	}
}

func tokenAllows(r *http.Request) bool { return r.Context().Value(byToken{}) != nil }

// withoutToken is the context that a request came with. Its deadline is not the token's.
func withoutToken(ctx context.Context) context.Context {
	if token, ok := ctx.Value(byToken{}).(tokened); ok {
		return token.came
	}
	return ctx
}

// issue answers with a read token for a job that the caller may read.
func (h *handler[In, Out]) issue(w http.ResponseWriter, r *http.Request) {
	job, _, ok := h.find(w, r, Read)
	if !ok {
		return
	}
	token, expires := issueToken(h.opts.ReadTokens, job, MaxTokenTime)
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
