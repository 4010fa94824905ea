package jobstoretest

import (
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// listErrors shows why attempts failed: their details, or else what readers see.
func listErrors(f *fixture) {
	long := strings.Repeat("é", jobstore.MaxMessageBytes/2)
	for _, c := range []struct{ public, detail, want string }{
		{"busy", "503 at https://model", "503 at https://model"},
		{"busy", "", "busy"},
		{"busy", "x" + long[2:], "x" + long[:driver.MaxExcerptBytes-2]},
		{long, "", long[:driver.MaxExcerptBytes]},
		{"", "", ""},
	} {
		id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 2 }).ID
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: c.public, Detail: c.detail})
		f.showsError(jobstore.UnfinishedJobs, id, c.want)
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed, Error: c.public, Detail: c.detail})
		f.showsError(jobstore.FailedJobs, id, c.want)
	}
}

// listErrorsKept shows the last error while another attempt is at work, and that of the
// store when a worker has died.
func listErrorsKept(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 2 }).ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Detail: "503"})
	f.claim(id)
	f.showsError(jobstore.UnfinishedJobs, id, "503")
	f.advance(time.Minute)
	if _, err := f.store.Claim(f.ctx, id, f.lease()); err == nil {
		f.Fatal("the job has a third attempt")
	}
	f.showsError(jobstore.FailedJobs, id, f.get(id).Error)
}

func (f *fixture) showsError(set jobstore.JobSet, id, want string) {
	f.Helper()
	for _, job := range f.list(set) {
		if job.ID != id {
			continue
		}
		if job.Error != want {
			f.Errorf("the list of %s jobs shows the error %q, want %q", set, job.Error, want)
		}
		return
	}
	f.Errorf("%s is not in the list of %s jobs", id, set)
}
