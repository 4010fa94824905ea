package appsyncstore_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

type textJob = jobstore.Job[string, string]

func ownedBy(o *appsyncstore.Options) { o.Fields.Caller = "owner" }

// TestCancelJobOfForeignRecords: their createdAt has another form than the store's, so that the
// first condition refuses them.
func TestCancelJobOfForeignRecords(t *testing.T) {
	api := appsynctest.Start(t)
	store, w := wired(t, api, ownedBy)
	store.Hurry()
	for name, c := range map[string]struct {
		record map[string]any
		took   string
	}{
		"the store's form": {map[string]any{"createdAt": "2026-11-01T10:00:00.123Z"}, "1 update"},
		"more digits":      {map[string]any{"createdAt": "2026-11-01T10:00:00.123456Z"}, "1 update"},
		"no fraction":      {map[string]any{"createdAt": "2026-11-01T10:00:00Z", "owner": "ann"}, "1 get, 2 update"},
	} {
		c.record["id"] = name
		put(t, api, c.record)
		job, err := store.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []func(*textJob){
			func(j *textJob) { j.CreatedAt = j.CreatedAt.Add(-time.Second) },
			func(j *textJob) { j.CreatedAt = j.CreatedAt.Add(time.Second) },
			func(j *textJob) { j.CreatedAt = time.Time{} },
			func(j *textJob) { j.Caller += "x" },
		} {
			wrong := *job
			other(&wrong)
			if got, err := store.CancelJob(t.Context(), &wrong, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
				t.Errorf("%s: another job: %+v, %v", name, got, err)
			}
		}
		w.take()
		if job, err := store.CancelJob(t.Context(), job, "why"); err != nil || !job.Canceled {
			t.Errorf("%s: %+v, %v", name, job, err)
		}
		if got := w.take(); got != c.took {
			t.Errorf("%s: it took %q, want %q", name, got, c.took)
		}
	}
}

// TestCancelJobOfAnotherZone: AppSync returns the text as it is stored, which the simulator does not.
//
// Source: https://github.com/aws-amplify/amplify-swift/pull/3393, where 2023-11-30T11:04:03+08:00:30 came back so
func TestCancelJobOfAnotherZone(t *testing.T) {
	const job = `{"id":"a","status":"pending","query":"q","createdAt":"2026-11-01T11:00:00+01:00"}`
	s := &script{answers: []string{refusal, `{"data":{"getQueryJob":` + job + `}}`, `{"data":{"updateQueryJob":` + job + `}}`}}
	meant := &textJob{ID: "a", CreatedAt: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)}
	if _, err := scripted(t, s).CancelJob(t.Context(), meant, "why"); err != nil {
		t.Fatal(err)
	}
	if last := string(s.bodies[len(s.bodies)-1]); !strings.Contains(last, `{"createdAt":{"eq":"2026-11-01T11:00:00+01:00"}}`) {
		t.Errorf("the second mutation's condition is not the time as it was read: %s", last)
	}
}

// TestCancelJobByOldReads: a read that shows the job and not its successor, or a job that had
// its ID before, decides nothing.
func TestCancelJobByOldReads(t *testing.T) {
	api := appsynctest.Start(t)
	created := func(at string, members ...any) map[string]any {
		record := map[string]any{"id": "old", "createdAt": "2026-11-01T" + at + ".000Z", "status": "pending"}
		for i := 0; i < len(members); i += 2 {
			record[members[i].(string)] = members[i+1]
		}
		return record
	}
	meant := &textJob{ID: "old", CreatedAt: time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		shown, is map[string]any
		reads     int   // by which it is shown
		want      error // nil is one that is repeated
	}{
		"the job before, of one that has ended":  {created("10:00:00"), created("11:00:00", "status", "complete"), math.MaxInt, nil},
		"and not for long":                       {created("10:00:00"), created("11:00:00", "status", "complete"), 1, jobstore.ErrFinished},
		"the job, of its successor":              {created("11:00:00"), created("12:00:00"), math.MaxInt, nil},
		"the successor":                          {created("12:00:00"), created("12:00:00"), math.MaxInt, jobstore.ErrNotFound},
		"another job of an earlier clock":        {created("10:00:00"), created("10:00:00"), math.MaxInt, jobstore.ErrNotFound},
		"no job, of one that has ended":          {nil, created("11:00:00", "status", "complete"), math.MaxInt, nil},
		"an expired copy, of one that has ended": {created("11:00:00", "expiresAt", 1), created("11:00:00", "status", "complete"), math.MaxInt, nil},
		"no job, of a successor":                 {nil, created("12:00:00"), math.MaxInt, jobstore.ErrNotFound},
	} {
		l := newLosing(t, api)
		l.store.Hurry()
		api.Clear(t)
		if c.shown != nil {
			put(t, api, c.shown)
		}
		l.answering(l.copyOf(t, api, "old"), c.reads)
		put(t, api, c.is)
		before := item(t, api, "old")
		got, err := l.store.CancelJob(t.Context(), meant, "why")
		if (got != nil) != (c.want == jobstore.ErrFinished) || err == nil || c.want == nil && isFinal(err) || !errors.Is(err, c.want) && c.want != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if after := item(t, api, "old"); after["status"] != before["status"] || after["error"] != nil {
			t.Errorf("%s: the record is %v", name, after)
		}
	}
}

// TestCancelJobWithTheResolversTime: the model has a createdAt of its own, and State the store's.
func TestCancelJobWithTheResolversTime(t *testing.T) {
	api := appsynctest.StartVariant(t, "seedAndState", "id")
	store, w := wired(t, api, oneField, func(o *appsyncstore.Options) { o.ReadOnly = append(o.ReadOnly, "createdAt") })
	store.Hurry()
	foreign := func(id, at string) *textJob {
		put(t, api, map[string]any{"id": id, "createdAt": at})
		job, err := store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return job
	}
	own := map[string]any{"id": "own", "createdAt": "2026-11-01T10:00:00.000Z", "jobState": `{"createdAt":"2026-11-01T09:59:59.900Z","Caller":"ann"}`}
	put(t, api, own)
	read, err := store.Get(t.Context(), "own")
	if err != nil {
		t.Fatal(err)
	}
	before := foreign("foreign", "2026-11-01T10:00:00.000Z")
	foreign("foreign", "2026-11-01T11:00:00.000Z")
	if got, err := store.CancelJob(t.Context(), before, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("a successor without State: %+v, %v", got, err)
	}
	before = foreign("foreign", "2026-11-01T10:00:00.000Z")
	w.after("get", func() { put(t, api, map[string]any{"id": "foreign", "createdAt": "2026-11-01T11:00:00.000Z"}) })
	if got, err := store.CancelJob(t.Context(), before, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("a successor that comes after the read: %+v, %v", got, err)
	}
	forged := *read
	forged.Caller = "bob"
	if got, err := store.CancelJob(t.Context(), &forged, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("another caller's: %+v, %v", got, err)
	}
	for _, job := range []*textJob{read, foreign("new", "2026-11-01T10:00:00.000Z")} {
		if got, err := store.CancelJob(t.Context(), job, "why"); err != nil || !got.Canceled {
			t.Errorf("%s: %+v, %v", job.ID, got, err)
		}
	}
}

// TestCancelJobInTheSeedsModel has the time, and keeps no caller.
func TestCancelJobInTheSeedsModel(t *testing.T) {
	l, api := seedStore(t)
	id := jobstore.NewID()
	put(t, api, map[string]any{"id": id, "createdAt": "2026-11-01T10:00:00.000Z"})
	read, err := l.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	put(t, api, map[string]any{"id": id, "createdAt": "2026-11-01T11:00:00.000Z"})
	for _, wrong := range []*textJob{read, {ID: id, Caller: "ann", CreatedAt: read.CreatedAt.Add(time.Hour)}} {
		if got, err := l.store.CancelJob(t.Context(), wrong, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("another job: %+v, %v", got, err)
		}
	}
	if read, err = l.store.Get(t.Context(), id); err == nil {
		read, err = l.store.CancelJob(t.Context(), read, "why")
	}
	if err != nil || read.Status != jobstore.Failed || read.Error != "why" {
		t.Errorf("%+v, %v", read, err)
	}
}

// TestCancelJobNeedsATime sends nothing that could end another job.
func TestCancelJobNeedsATime(t *testing.T) {
	s := &script{answers: []string{refusal}}
	store := scripted(t, s, appsyncstore.Minimal, func(o *appsyncstore.Options) { o.Fields.CreatedAt = "" })
	_, err := store.CancelJob(t.Context(), &textJob{ID: "a"}, "why")
	if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "Fields.CreatedAt") || s.requests() != 0 {
		t.Errorf("%v after %d requests, want ErrUnsupported that names the field", err, s.requests())
	}
	if lacks := strings.Join(store.Lacks(), "\n"); !strings.Contains(lacks, "CancelJob") {
		t.Errorf("it lacks %s", lacks)
	}
}

// replacing gives ann's job to bob once it was read.
type replacing struct {
	*appsyncstore.Store[string, string]
	replace func()
}

func (r replacing) Get(ctx context.Context, id string) (*textJob, error) {
	job, err := r.Store.Get(ctx, id)
	if err == nil && job.Caller == "ann" {
		r.replace()
	}
	return job, err
}

// TestACancelLeavesASuccessorAlone: bob's job takes the ID of ann's between the authorization
// and the cancel.
func TestACancelLeavesASuccessorAlone(t *testing.T) {
	l := &losing{T: t, now: time.Now()}
	l.store, l.wire = wired(t, appsynctest.Start(t), ownedBy, func(o *appsyncstore.Options) { o.Now = func() time.Time { return l.now } })
	id := jobstore.NewID()
	of := func(caller string) func(*jobstore.CreateOptions) {
		return func(o *jobstore.CreateOptions) { o.ID, o.Caller, o.ExpiresAt = id, caller, l.now.Add(time.Minute) }
	}
	l.create(of("ann"))
	h := jobhttp.New(replacing{l.store, func() {
		l.now = l.now.Add(time.Hour)
		l.create(of("bob"))
	}}, jobhttp.OwnJobs[string, string](func(r *http.Request) (string, error) { return r.Header.Get("User"), nil }))
	w, r := httptest.NewRecorder(), httptest.NewRequest("DELETE", "/"+id, nil)
	r.Header.Set("User", "ann")
	if h.ServeHTTP(w, r); w.Code != 404 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if job, err := l.store.Get(t.Context(), id); err != nil || job.Caller != "bob" || job.Canceled {
		t.Errorf("bob's job is %+v, %v", job, err)
	}
}
