// Package jobevents tells the subscribers of an AppSync Event API how the jobs in a
// DynamoDB table go on. A write to the table by itself reaches no subscriber.
//
//	publisher, err := jobevents.New[string](endpoint, jobevents.IAM(cfg))
//	...
//	lambda.Start(publisher)
//
// The function is mapped to the table's stream, which should have new and old images. It
// publishes each change that a client can see to a channel per job, /jobs/<id>. A renewal of
// a lease is none. examples/publishevents has the template, the handler that lets each user
// subscribe to their own jobs only, and a client for browsers.
//
// # Guarantees
//
//   - Each state that is published is the one that GET shows. Versions put states in order.
//   - A record whose job could not be published is reported, and nothing behind it is lost.
//   - A renewal of a lease publishes nothing.
//   - No key, token or output is in an error or a log line.
//
// # What it does not guarantee
//
// An event may come late, twice, or never. A state may be left out.
//
// # Events
//
// An [Event] is a state of the job as GET shows it in package jobhttp, so clients share their
// code. It is not a log: of several changes in a batch, only the job's newest state is published.
// Up to five jobs that share a channel share a request.
//
// A client keeps the view with the greatest
// version, compared as text, and drops the others; see [jobstore.Job.Version]. It gets the
// job after each time that it has subscribed, and when an event is omitted.
//
// An event over 240 KB is published without its output and says so, since AppSync drops
// larger ones without an error. The size is that in the request, where each quote and each
// line break of the output takes several bytes.
//
// # Channels
//
// A channel's segments are at most 50 letters, digits and dashes. [Segment] has the rule for
// other IDs. A browser computes it so:
//
//	async function segment(text) {
//	  if (/^[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/.test(text) && !/^h-[0-9a-f]{48}$/.test(text)) return text;
//	  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
//	  return 'h-' + [...new Uint8Array(hash, 0, 24)].map((b) => b.toString(16).padStart(2, '0')).join('');
//	}
//
// Who knows a channel's name may subscribe to it, and to /jobs/*, unless the namespace has an
// onSubscribe handler. Use [ByCaller] or [ByPartition] and such a handler for anything that
// is not public.
//
// # Failures
//
// A request is tried four times within the invocation, after a 429, a 5xx or no answer. An
// event that AppSync refuses with such a code, while it takes others of the request, is sent again without those. A
// Retry-After of up to ten seconds is honored. A refused signature is made again by AppSync's
// clock when the local clock is wrong, and a token source is asked once more after a 401. Then the record is reported, and Lambda delivers
// it again with everything behind it, as the mapping's MaximumRetryAttempts and
// MaximumRecordAgeInSeconds allow: set both, and FunctionResponseTypes to
// ReportBatchItemFailures. Old events are useless, and one job that cannot be published must
// not hold up the others for a day. [*PublishError] says when the invocation fails.
//
// No redirect is followed, and each try ends after ten seconds.
//
// # IAM
//
// appsync:EventPublish on the namespace, …:apis/<id>/channelNamespace/jobs, and the actions of
// the mapping, see package streamproc.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html
package jobevents
