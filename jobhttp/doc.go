// Package jobhttp serves jobs over HTTP: submit, read, watch, list and cancel.
//
//	api := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](userOf))
//	http.Handle("/jobs/", http.StripPrefix("/jobs", api))
//
//	POST   /jobs/             the input as JSON; answers 202 with the job and its Location
//	GET    /jobs/             the caller's own jobs, newest first
//	GET    /jobs/{id}         the job as JSON, with an ETag
//	GET    /jobs/{id}/events  server-sent events: the job after each change, until it is finished
//	DELETE /jobs/{id}         cancels the job
//	POST   /jobs/{id}/token   a read token, with [Options.ReadTokens]
//
// The file openapi.yaml beside this one describes the API. Package jobclient calls it.
//
// An [Authorize] is required: it decides who may create, read and cancel which job. A
// job that the caller may not see is answered with 404. A client sees a [View] of a job.
//
// The answer to a POST or a DELETE that has succeeded is never a refusal. Where the view has no room,
// see [Options.MaxWatchers], or cannot be encoded, it comes without output, input, metadata and history.
//
// The Idempotency-Key header of a POST makes a repeated request create no second job.
// The job's ID is then a hash of the caller and the key. A repeat with another input is
// answered with 422. A POST must have the Content-Type application/json, which a form of
// another site cannot send.
//
// GET /jobs/{id}?wait=20s is a long poll, for where responses cannot be streamed. With the
// ETag that the client has in If-None-Match, it is answered when the job changes, or
// with 304 when the time is over. Without one, it is answered when the job ends, or with
// the job as it is when the time is over.
//
// GET /jobs/?limit=20&cursor=… answers {"jobs": […], "next": "…"}. The cursor of the next
// page is the next of this one; the last page has none. Default limit is 20, and 100 is the
// most. A page for which more than 1 MB of records is read ends early. It takes a read of the
// store for each job, and a [jobstore.CallerLister]. Without one, and for a caller without a
// name, the answer is 501.
//
// Refusals are problem details (RFC 9457), of type application/problem+json. Yours may be 402,
// 403 or 429 with a text and a Retry-After, see [Refusal].
//
// A page without a session reads and watches one job with a token of [ReadTokens]. [WatchJS]
// is a client for browsers. EventSource, which cannot send headers and so needs a session
// in a cookie or a token, works too:
//
//	new EventSource('/jobs/' + id + '/events?token=' + token)
//
// A watch by a token ends when the token expires. EventSource then connects again, is
// answered with 401, and gives up: its error event with the readyState CLOSED is the time to
// get another token.
//
// A watch needs a response that is streamed, as with lambdahttp.Stream. It ends shortly
// before the invocation's deadline, and a browser's EventSource connects again. After
// the job's last event the browser is answered with 204, which makes it stop.
//
// Those who watch one job in a process share one poll of the store, whatever their number.
// It reads less often while the job does not change, see [Options.PollInterval]. A store
// that is a [jobstore.Notifier] is read when the job changes. A client that reads slowly gets
// the newest view, and is dropped when it does not read for 10 seconds. Any other answer must
// be read within 30 seconds, or the WriteTimeout of the server if it has one.
//
// # Guarantees
//
//   - Authorize decides on each state before it is shown, in a watch and a long poll too.
//   - A job that the caller may not see is answered as one that does not exist.
//   - A watcher sees no older state after a newer one.
//   - Answers show nothing of a store's errors. Logs and errors have no input, output or token.
//   - Bodies, pages and watchers have limits, see [Options]. One caller cannot use up those of all
//     in a process.
//
// # What it does not guarantee
//
// A watch shows states, and may leave out some between two reads. A cancel that has
// succeeded ends the job, while its handler may run on until it is told.
//
// On Lambda a process serves one request at a time, so the limits of watchers bound nothing there.
// A watch takes a slot of the function, and keeps it after its client has hung up, which a
// function does not learn of: until [Options].MaxWatch, there a minute. Who may read a job could
// take all slots by opening watches faster than they end.
//
// # Cost
//
// docs/watching.md says what a watched minute costs on Lambda, and which way to choose.
//
// # IAM
//
// The package needs the actions of the store that it serves.
package jobhttp
