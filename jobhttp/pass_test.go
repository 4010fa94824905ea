package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestWhoHasLeftTakesUpNoPlace: eve goes on watching the team's large jobs, after ann or a page
// with a token has left them. They have no watch, and what eve watches counts for eve.
func TestWhoHasLeftTakesUpNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := readTokens(t, "test", newKey)
		team := func(r *http.Request, _ jobhttp.Action, _ *job) (string, error) { return user(r) }
		h := jobhttp.New(memstore.New[string, string](), team, func(o *jobhttp.Options) {
			o.MaxCallerWatchers, o.MaxWatchers, o.ReadTokens = 40, 400, tokens
		})
		submit := func() string {
			return decode(t, call(t, h, "POST", "/", `"`+strings.Repeat("x", 100_000)+`"`, "User", "ann")).ID
		}
		var watching sync.WaitGroup
		watch := func(user, id, token string) (w *httptest.ResponseRecorder, leave func()) {
			ctx, leave := context.WithCancel(t.Context())
			w = httptest.NewRecorder()
			r := httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events?"+token, nil)
			r.Header.Set("User", user)
			watching.Go(func() { h.ServeHTTP(w, r) })
			synctest.Wait()
			return w, leave
		}
		for _, byToken := range []bool{false, true} {
			var stay []func()
			for n := range 12 {
				id, token := submit(), ""
				if byToken {
					token = "token=" + issueNow(tokens, id, "ann")
				}
				w, leave := watch("ann", id, token)
				if w.Code != 200 {
					t.Errorf("by token %t, job %d: %d", byToken, n, w.Code)
				}
				if w, leave := watch("eve", id, ""); w.Code == 200 {
					stay = append(stay, leave)
				}
				leave()
				synctest.Wait()
			}
			if w, leave := watch("eve", submit(), ""); w.Code != 429 {
				t.Errorf("by token %t: eve has %d watches of large jobs, and one more: %d", byToken, len(stay), w.Code)
			} else {
				leave()
			}
			for _, leave := range stay {
				leave()
			}
			watching.Wait()
			w, leave := watch("eve", submit(), "")
			if w.Code != 200 {
				t.Errorf("by token %t, after all have left: %d", byToken, w.Code)
			}
			leave()
			watching.Wait()
		}
	})
}

// TestWhoMayOnlyCancel, such as an operator, sees that the job is canceled and nothing else of it.
func TestWhoMayOnlyCancel(t *testing.T) {
	authorize := func(r *http.Request, action jobhttp.Action, j *job) (string, error) {
		caller, err := user(r)
		if j != nil && j.Caller != caller && !(action == jobhttp.Cancel && caller == "operator") {
			return "", jobhttp.ErrForbidden
		}
		return caller, err
	}
	h := jobhttp.New(memstore.New[string, string](), authorize, func(o *jobhttp.Options) {
		o.ShowInput, o.ShowMetadata, o.ShowHistory = true, true, true
	})
	id := decode(t, call(t, h, "POST", "/", `"secret"`, "User", "ann")).ID
	for range 2 {
		w := call(t, h, "DELETE", "/"+id, "", "User", "operator")
		if v := decode(t, w); w.Code != 200 || v.ID != id || !v.Canceled || v.Error != "" || strings.Contains(w.Body.String(), "put") {
			t.Errorf("the operator: %d %s", w.Code, w.Body)
		}
		if w := call(t, h, "DELETE", "/"+id, "", "User", "ann"); !strings.Contains(w.Body.String(), "secret") {
			t.Errorf("ann: %d %s", w.Code, w.Body)
		}
	}
}
