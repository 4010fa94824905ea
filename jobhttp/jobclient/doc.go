// Package jobclient calls the API of package jobhttp.
//
//	c, err := jobclient.New[string, string]("https://api.example/jobs", func(o *jobclient.Options) {
//		o.Authorize = func(r *http.Request) error {
//			r.Header.Set("Authorization", "Bearer "+session)
//			return nil
//		}
//	})
//	…
//	job, err := c.Create(ctx, "What were sales last month?")
//	…
//	for job, err := range c.Watch(ctx, job.ID) {
//		…
//	}
//
// # Guarantees
//
// Each request is repeated when that can help: after an error of the connection, and after
// the statuses 408, 425, 429 and 5xx, but for 501, as late as their Retry-After says, unless
// that is over five minutes. A watch goes on until the job is finished. A create has a key, and
// so a repeat makes no second job.
//
// An answer without a job, such as that of a front on the way, is an error that says what is missing.
// Requests go to the one URL, and no redirect is followed. An answer that is not a success
// is an [*Error] with its status, which for the known ones wraps an error of jobstore or
// jobhttp:
//
//	errors.Is(err, jobstore.ErrNotFound) // 404: the job does not exist, or not for this caller
//
// # What it does not guarantee
//
// A Create that failed may have made a job: repeat it with the same
// [CreateOptions].IdempotencyKey to find out. A watch yields the states that it is told of, not each change.
//
// # IAM
//
// The package needs no IAM actions. The API's authorizer decides.
package jobclient
