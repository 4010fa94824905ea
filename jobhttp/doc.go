// Package jobhttp serves jobs over HTTP: submit, look, watch.
//
//	http.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(jobs)))
//
//	POST /jobs/             the input as JSON; answers 202 with the job and its Location
//	GET  /jobs/{id}         the job as JSON
//	GET  /jobs/{id}/events  server-sent events: the job after each change, until it is finished
//
// An Idempotency-Key header of the POST becomes the job's ID, so that a repeated
// request creates nothing twice. Watching reads the store every
// [Options.PollInterval]; it needs no stream and no index.
//
// The package does not authenticate: whoever can reach it may create jobs, and
// whoever knows a job's ID may read it. Put your own middleware in front.
//
// It needs the IAM actions of the store it serves.
package jobhttp
