// Package driver is for implementers of a [jobstore.JobStore]. Users of jobs need
// only package jobstore.
//
// It decides what all stores decide alike: which arguments are refused before a write,
// how large a record may be, and what a record in a given state answers to a call. A
// store keeps what differs: how a record is encoded, and how a condition is written.
//
//	st := driver.State{Exists: true, Status: status, Token: token, …} // of the record that is there
//	if err := st.RefuseClaim(lease.Owner, now); err != nil {
//		return nil, &jobstore.Error{Op: "claim", ID: id, Err: err}
//	}
//
// docs/writing-a-store.md walks through a whole one.
//
// # Two ways to write a store
//
// A store that holds its records in memory or under a lock makes a [State] of the
// record, asks it, and then writes. The memstore package is such a store.
//
// A store whose back end evaluates conditions, as DynamoDB does, writes first, on the
// condition that the state allows the write. Only when the back end refuses does it
// make a State of the record that is there, and asks it for the reason. So a
// successful call is one request.
//
// # What each method does
//
//   - Create applies the caller's options with [CreateOptions], which makes the expiry from
//     the store's retention, such as [DefaultRetention]. It refuses with
//     [CheckValue] what would not come back and with [FitsInput] what leaves no room for
//     later writes. It stores a token of the call with the record, so that a repeated
//     write recognizes its own earlier try. A record whose time to live has ended does
//     not exist; it is deleted before another takes its place.
//   - Get returns a job whose State is Live.
//   - Claim checks its arguments with [ValidateClaim]. The condition is that
//     [State.RefuseClaim] is nil and [State.Abandoned] empty. A job that is abandoned
//     is settled as Failed with that reason and the token [Abandoned], and the claim
//     fails with ErrAbandoned. A claim that finds its own token
//     ([State.HeldBy]) is a success. A claim sets Reports back to 0.
//   - Report and Settle check their arguments with [ValidateReport] and
//     [ValidateSettle]. The condition is [State.Live], [State.Holds] and, of a report,
//     a higher Seq than the record has. A report that finds itself or a later one
//     ([State.Reported]) and a settle that finds its own outcome ([State.SettledBy])
//     are successes; otherwise the error is [State.LeaseLost]. That is also the answer
//     about a job that does not exist or has expired. Each write sets UpdatedAt.
//   - A settle replaces the claim's token by [Settled], and one to Pending makes the
//     job claimable as [Returned] says. It stores Output of a complete job only, and
//     Error and Detail (as Job.ErrorDetail) of every other; empty texts remove what
//     is stored. It writes Outcome.Progress as a report would, without a Seq.
//     Outcome.Uncounted raises MaxAttempts and Job.Uncounted by one when Status is
//     Pending, and is ignored otherwise. Attempt never goes down. The record with its output must fit
//     ([Fits]).
//   - Cancel ([jobstore.Canceler]) checks its arguments with [ValidateCancel], settles an
//     unfinished job as Failed, marks it as canceled and replaces the token by a new
//     one, [Canceled]. Repeating it changes
//     nothing, whatever the reason. Cancel and an abandoned claim remove the detail
//     of an earlier attempt's error.
//   - CancelJob ([jobstore.JobCanceler]) is a Cancel on condition that CreatedAt and Caller are
//     the job's: [State.RefuseCancelOf].
//   - Retry ([jobstore.Retrier]) refuses what [State.RefuseRetry] does, and otherwise
//     writes what [State.Reopen] says, a new token [Reopened] and the status Pending, on
//     condition that the record is as it was read. It keeps the error, and sets HandOvers
//     and Reports back to 0.
//   - List ([jobstore.Lister]) checks its arguments with [ValidateList], and yields
//     [State.Listed] of the jobs whose [State.Set] it is, behind the cursor. Jobs of the
//     same time have an order, which the cursor's ID decides.
//   - Stuck ([jobstore.Sweeper]) yields [State.Found] of the jobs for which [State.Stuck]
//     is true.
//   - Rearm ([jobstore.Rearmer]) checks its arguments with [ValidateRearm]. The condition
//     is [State.Rearms]. It sets the time of the next look and the number of hand-overs to
//     one more than the found job's, and nothing else. [State.Rearmed] is true of an
//     earlier try of the same call, which is a success. A claim sets HandOvers back to 0.
//
// # What a record holds
//
// A record has one token, one time from which a claim may succeed, and one at which a
// sweep looks at it. State has all three, and [Created] and [Returned] say what the times
// are. Those of a claimed job are the end of its lease. A backend that cannot hold the
// third leaves State.SweepAt zero. The fields of a [jobstore.Job] follow from them:
//
//   - Owner is [Holder] of the token. The rest of the token says how a claim ended.
//   - LeaseUntil is the claimable time of a processing job, and zero otherwise.
//   - ClaimableFrom is the claimable time of a pending job, and zero otherwise. It is
//     zero too until the first claim. A finished job has neither.
//   - OnLeaseExpiry is empty when the creator chose none. Keep it empty in the record
//     and in the job, and fill in the store's default in the State.
//   - Size is what the record counts against the store's limit. A settle knows the
//     record only by Claim.Size, and passes that and the output's size to [Fits]. It
//     is 0 in a store without a limit.
//
// Times are kept to the millisecond, in UTC, and ExpiresAt to the second. The suite
// compares them exactly.
//
// # What a call returns
//
// A call that fails returns the job beside ErrExists, ErrFinished, ErrAbandoned,
// ErrLeased, ErrNotDue and ErrDecode. With any other error the job is nil. That
// says nothing about the job: the call may have taken effect.
//
// A call that returns a job combines the reason of its refusal and the error of
// decoding the job with [Refusal]. Every error is a [*jobstore.Error], and none quotes a
// value. A write that meets a record which has changed since it was read is tried again a
// few times; ErrLeased is for a job that a worker holds. A history is bounded with
// [BoundHistory]. A constructor checks the common options with [MustOptions] and the types
// of the values with [CheckTypes].
//
// A store whose Get is not consistent has a method ReadsLag() bool that returns true, so
// that Run lets go of no job because of a read.
//
// A store that wraps another embeds it and has a method Unwrap; see [jobstore.As].
//
// # Test it
//
// Run the suite and the simulation of package jobstoretest. They check each guarantee
// of package jobstore, under races, lost answers and crashes too. The example of this
// package is a complete store that passes both.
//
// The package needs no IAM actions.
package driver
