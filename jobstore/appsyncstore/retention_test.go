package appsyncstore_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestRetention is what Create sends as the expiry of a job.
func TestRetention(t *testing.T) {
	const day = 24 * time.Hour
	now, late := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC), time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		store func(*appsyncstore.Options)
		job   jobstore.CreateOptions
		want  time.Time
	}{
		"the default":                     {want: now.Add(90 * day)},
		"the store's":                     {store: retention(day), want: now.Add(day)},
		"the store's is forever":          {store: retention(jobstore.KeepForever)},
		"the job's":                       {store: retention(day), job: jobstore.CreateOptions{Retention: time.Hour}, want: now.Add(time.Hour)},
		"the job's is forever":            {job: jobstore.CreateOptions{Retention: jobstore.KeepForever}},
		"after the last GraphQL Int":      {job: jobstore.CreateOptions{StartAt: late}},
		"the job's, after it":             {job: jobstore.CreateOptions{Retention: 20 * 365 * day}},
		"an expiry after it":              {job: jobstore.CreateOptions{ExpiresAt: late.Add(90 * day)}, want: late.Add(90 * day)},
		"a model without a field":         {store: appsyncstore.Minimal},
		"the same, forever":               {store: appsyncstore.Minimal, job: jobstore.CreateOptions{Retention: jobstore.KeepForever}},
		"a model with one field for all":  {store: oneField},
		"the same, with an expiry of its": {store: oneField, job: jobstore.CreateOptions{Retention: time.Hour}, want: now.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []string{`{"data":{"createQueryJob":{"id":"a"}}}`}}
			opts := []func(*appsyncstore.Options){func(o *appsyncstore.Options) { o.Now = func() time.Time { return now } }}
			if c.store != nil {
				opts = append(opts, c.store)
			}
			job, err := scripted(t, s, opts...).Create(t.Context(), "in", func(o *jobstore.CreateOptions) { *o = c.job })
			if err != nil {
				t.Fatal(err)
			}
			if !job.ExpiresAt.Equal(c.want) {
				t.Errorf("the job expires at %v, want %v", job.ExpiresAt, c.want)
			}
			if _, sent := s.request(t, 0).Variables.Input["expiresAt"]; sent != (!c.want.IsZero() && !strings.HasPrefix(name, "the same")) {
				t.Errorf("expiresAt was sent: %v", sent)
			}
		})
	}
}

func retention(d time.Duration) func(*appsyncstore.Options) {
	return func(o *appsyncstore.Options) { o.Retention = d }
}

// TestRetentionIsChecked where a store is made, and where a job is.
func TestRetentionIsChecked(t *testing.T) {
	for want, opts := range map[string][]func(*appsyncstore.Options){
		"Options.Retention is 0s, want at least 1m0s, or jobstore.KeepForever":  {retention(0)},
		"Options.Retention is -1h0m0s":                                          {retention(-time.Hour)},
		"Options.Retention is 59.999999999s":                                    {retention(time.Minute - 1)},
		"Options.Retention is 24h0m0s, and Options.Fields.ExpiresAt is not set": {appsyncstore.Minimal, retention(24 * time.Hour)},
		"Options.Retention is 48h0m0s, and Options.Fields.ExpiresAt is not set": {oneField, retention(48 * time.Hour)},
		"Options.Retention is 30s, want at least":                               {appsyncstore.Minimal, retention(30 * time.Second)},
	} {
		_, err := appsyncstore.New[string, string]("https://api.invalid", "QueryJob", appsyncstore.APIKey("k"), opts...)
		if err == nil || !strings.HasPrefix(err.Error(), "appsyncstore: New: "+want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	_, err := scripted(t, &script{}, appsyncstore.Minimal).Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.Retention = time.Hour })
	if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "Fields.ExpiresAt") {
		t.Errorf("a job with a retention in a model without a field: %v", err)
	}
}
