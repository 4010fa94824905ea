package main

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// retryAction is what the caller of [retry] wants to do with a job.
const retryAction jobhttp.Action = "retry"

// retry reopens a failed job. It authorizes as jobhttp does: first without the job, then
// with it. A job that the caller may not retry is answered as one that does not exist.
func retry(jobs jobstore.JobStore[string, string], authorize jobhttp.Authorize[string, string]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := authorize(r, retryAction, nil); err != nil {
			http.Error(w, "you may not retry jobs", http.StatusForbidden)
			return
		}
		job, err := jobs.Get(r.Context(), r.PathValue("id"))
		if err == nil {
			if _, refused := authorize(r, retryAction, job); refused != nil {
				err = jobstore.ErrNotFound
			}
		}
		if err == nil {
			job, err = jobstore.Retry(r.Context(), jobs, job.ID)
		}
		if err != nil {
			status, text := retryFailure(err)
			http.Error(w, text, status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(jobhttp.ViewOf(job)) // the client has gone
	}
}

// retryFailure says in words why a job was not reopened.
func retryFailure(err error) (status int, text string) {
	switch {
	case errors.Is(err, jobstore.ErrUnfinished):
		return http.StatusConflict, "The job is running already."
	case errors.Is(err, jobstore.ErrFinished):
		return http.StatusConflict, "The job has an answer, or was canceled. Ask again instead."
	case errors.Is(err, jobstore.ErrNotFound), errors.Is(err, jobstore.ErrInvalid):
		return http.StatusNotFound, "The job does not exist."
	}
	return http.StatusInternalServerError, "The job could not be started again. Try later."
}
