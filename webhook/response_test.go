package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// TestResponseHeadersInAnyCase: cookies must be recognized.
func TestResponseHeadersInAnyCase(t *testing.T) {
	h := must(t)(webhook.NewSlack(secret)).Respond(func(context.Context, webhook.Delivery) (webhook.Response, error) {
		return webhook.Response{Header: http.Header{"set-cookie": {"a=1", "b=2"}, "X-Twice": {"1", "2"}}}, nil
	})
	sent := slackEvent()
	for door, base := range doors(t, h) {
		want := []string{"a=1", "b=2"}[:2-fronttest.Fronts[door].Cookies]
		got := fronttest.Send(t, base+"/", "POST", sent.Header, sent.Body)
		if diff := cmp.Diff(want, got.Header.Values("Set-Cookie")); diff != "" {
			t.Errorf("%s: %s", door, diff)
		}
		if twice := strings.Join(got.Header.Values("X-Twice"), ","); twice != "1,2" {
			t.Errorf("%s: %s", door, twice)
		}
	}
}

func TestJSONNamesTheType(t *testing.T) {
	_, err := webhook.JSON(map[string]any{"a": func() {}})
	if err == nil || !strings.Contains(err.Error(), "map[string]interface {}") {
		t.Errorf("got %v", err)
	}
	if _, err = webhook.JSON(quoting{"hunter2"}); err == nil || strings.Contains(fmt.Sprintf("%+v %v", err, errors.Unwrap(err)), "hunter2") {
		t.Errorf("the error quotes the value: %v", err)
	}
}

// quoting is a value whose method quotes it in its error.
type quoting struct{ secret string }

func (q quoting) MarshalJSON() ([]byte, error) { return nil, errors.New("cannot write " + q.secret) }

// TestResponseIsNotAppendedTo: requests that share a Response would race for its memory.
func TestResponseIsNotAppendedTo(t *testing.T) {
	values := append(make([]string, 0, 2), "a")
	v := webhook.NewFunc("mine", accepts)
	respond := v.Respond(func(context.Context, webhook.Delivery) (webhook.Response, error) {
		return webhook.Response{Header: http.Header{"Vary": values}}, nil
	})
	w := httptest.NewRecorder()
	respond.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	w.Header().Add("Vary", "b") // as handlers around it do
	if beyond := values[:2][1]; beyond != "" {
		t.Errorf("%q stands in the memory of the response", beyond)
	}
}

// TestResponseIsNotChanged: a function may return the same Response each time.
func TestResponseIsNotChanged(t *testing.T) {
	kept := webhook.Text("done")
	respond := must(t)(webhook.NewSlack(secret)).Respond(func(context.Context, webhook.Delivery) (webhook.Response, error) { return kept, nil })
	base := fronttest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		respond.ServeHTTP(w, r)
		w.Header().Set("Content-Type", "changed")
	}))
	sent := slackEvent()
	for range 2 {
		if got := fronttest.Send(t, base, "POST", sent.Header, sent.Body); got.Body != "done" || got.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("answered %+v", got)
		}
	}
}
