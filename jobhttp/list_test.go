package jobhttp_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type listPage struct {
	Jobs []jobhttp.View[string]
	Next string
}

func pageOf(t *testing.T, w *httptest.ResponseRecorder) (p listPage) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &p); w.Code != 200 || err != nil || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return p
}

// TestList shows callers their own jobs, the newest first, page by page.
func TestList(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user))
	created := map[string][]job{}
	for i := range 10 {
		name := []string{"ann", "bob"}[i%2]
		created[name] = append(created[name], decode(t, call(t, h, "POST", "/", `"q"`, "User", name)))
	}
	for name, all := range created {
		var got, want, pages []string
		for query := "?limit=2"; query != ""; {
			p := pageOf(t, call(t, h, "GET", "/"+query, "", "User", name))
			for _, job := range p.Jobs {
				got = append(got, job.ID)
			}
			pages = append(pages, strconv.Itoa(len(p.Jobs)))
			if query = ""; p.Next != "" {
				query = "?limit=2&cursor=" + p.Next
			}
		}
		slices.SortFunc(all, func(a, b job) int { return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID)) })
		for _, v := range all {
			want = append(want, v.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s got %v, want %v", name, got, want)
		}
		if got := strings.Join(pages, " "); got != "2 2 1" {
			t.Errorf("pages of %s jobs", got)
		}
	}
	if p := pageOf(t, call(t, h, "GET", "/", "", "User", "eve")); p.Jobs == nil || len(p.Jobs) != 0 || p.Next != "" {
		t.Errorf("of a caller without jobs: %+v", p)
	}
	if p := pageOf(t, call(t, h, "GET", "/?limit=5", "", "User", "ann")); len(p.Jobs) != 5 || p.Next != "" {
		t.Errorf("a page that holds all: %d jobs, next %q", len(p.Jobs), p.Next)
	}
}

func TestListRefuses(t *testing.T) {
	own := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user))
	for query, want := range map[string]int{
		"?limit=0": 400, "?limit=-1": 400, "?limit=101": 400, "?limit=x": 400, "?limit=1.5": 400, "?limit=99999999999999999999": 400,
		"?cursor=x": 400, "?cursor=%00": 400, "?limit=100": 200, "?limit=": 200, "?cursor=": 200,
	} {
		if w := call(t, own, "GET", "/"+query, "", "User", "ann"); w.Code != want {
			t.Errorf("%s: %d %s, want %d", query, w.Code, w.Body, want)
		}
	}
	if w := call(t, own, "GET", "/", ""); w.Code != 401 {
		t.Errorf("without a user: %d", w.Code)
	}
	if w := call(t, jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll), "GET", "/", ""); w.Code != 501 || !strings.Contains(w.Body.String(), "detail") {
		t.Errorf("without callers: %d %s", w.Code, w.Body)
	}
	bare := struct {
		jobstore.JobStore[string, string]
	}{memstore.New[string, string]()}
	if w := call(t, jobhttp.New(bare, jobhttp.OwnJobs[string, string](user)), "GET", "/", "", "User", "ann"); w.Code != 501 {
		t.Errorf("a store without a list: %d %s", w.Code, w.Body)
	}
}

// TestAListIsAuthorized: as an action of its own, and each job as a read.
func TestAListIsAuthorized(t *testing.T) {
	jobs := memstore.New[string, string]()
	var asked []string
	h := jobhttp.New(jobs, func(r *http.Request, action jobhttp.Action, job *job) (string, error) {
		if job == nil {
			asked = append(asked, string(action))
			return "ann", nil
		}
		asked = append(asked, fmt.Sprint(action, " ", job.Input))
		if job.Input == "hidden" {
			return "", errors.New("not this one")
		}
		return "ann", nil
	})
	for _, input := range []string{"shown", "hidden"} {
		if _, err := jobs.Create(t.Context(), input, func(o *jobstore.CreateOptions) { o.ID, o.Caller = input, "ann" }); err != nil {
			t.Fatal(err)
		}
	}
	p := pageOf(t, call(t, h, "GET", "/", ""))
	if len(p.Jobs) != 1 || p.Jobs[0].ID != "shown" {
		t.Errorf("got %+v", p)
	}
	if slices.Sort(asked[1:]); fmt.Sprint(asked) != "[list read hidden read shown]" {
		t.Errorf("asked %q", asked)
	}
}

// TestAListedPageIsBounded: large jobs make smaller pages, and none is left out. An input is
// read, although it is not shown.
func TestAListedPageIsBounded(t *testing.T) {
	large := strings.Repeat("x", 300_000)
	for name, tt := range map[string]struct{ input, output string }{"outputs": {"q", large}, "inputs": {large, "a"}} {
		t.Run(name, func(t *testing.T) {
			jobs := memstore.New[string, string]()
			boundedPages(t, jobs, jobs, tt.input, tt.output)
		})
	}
	t.Run("of a store that tells no sizes", func(t *testing.T) {
		jobs := memstore.New[string, string]()
		boundedPages(t, jobs, sizeless{jobs}, "q", large)
	})
}

// sizeless is a store that leaves out how large its records are.
type sizeless struct {
	*memstore.Store[string, string]
}

func (s sizeless) Get(ctx context.Context, id string) (*job, error) {
	read, err := s.Store.Get(ctx, id)
	if read != nil {
		read.Size = 0
	}
	return read, err
}

// boundedPages lists twelve jobs in jobs, as a store shows them.
func boundedPages(t *testing.T, jobs *memstore.Store[string, string], shown jobstore.JobStore[string, string], input, output string) {
	t.Helper()
	h := jobhttp.New(shown, jobhttp.OwnJobs[string, string](user))
	for i := range 12 {
		created, err := jobs.Create(t.Context(), input, func(o *jobstore.CreateOptions) { o.ID, o.Caller = strconv.Itoa(i), "ann" })
		if err != nil {
			t.Fatal(err)
		}
		if err := jobstore.Run(t.Context(), jobs, created.ID, func(context.Context, *job) (string, error) { return output, nil }); err != nil {
			t.Fatal(err)
		}
	}
	listed, pages := 0, 0
	for query := "?limit=100"; query != ""; pages++ {
		w := call(t, h, "GET", "/"+query, "", "User", "ann")
		if w.Body.Len() > 2<<20 {
			t.Errorf("a page of %d bytes", w.Body.Len())
		}
		p := pageOf(t, w)
		listed += len(p.Jobs)
		if query = ""; p.Next != "" {
			query = "?limit=100&cursor=" + p.Next
		}
	}
	if listed != 12 || pages < 3 {
		t.Errorf("%d jobs in %d pages", listed, pages)
	}
}
