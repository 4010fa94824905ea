// Package jobhttp serves jobs over HTTP: submit, read and watch.
//
//	http.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(jobs)))
//
//	POST /jobs/             the input as JSON; answers 202 with the job and its Location
//	GET  /jobs/{id}         the job as JSON
//	GET  /jobs/{id}/events  server-sent events: the job after each change, until it is finished
//
// The Idempotency-Key header of a POST becomes the job's ID, so a repeated request
// creates no second job. A repeat with another input is answered with 422, without the
// job. All callers share the keys: where one must not guess another's, have your middleware
// put the caller's name before the key. Watching reads the store every [Options.PollInterval]. It needs
// no stream and no index.
//
// The package does not authenticate. Anyone who can reach it may create jobs, and
// anyone who knows a job's ID may read it. Put your own middleware in front.
//
// It needs the IAM actions of the store that it serves.
package jobhttp
