// Package driver is for implementers of a [jobstore.JobStore]. Users of jobs need
// only package jobstore.
//
// It has what all stores decide alike: which arguments are refused before a write,
// how large a record may be, when an unfinished job is abandoned or stuck, and what a
// call returns for a job that does not decode. A store keeps what differs: how a
// record is encoded, and how a condition is written. memstore is the shortest example.
//
// # What an implementer does
//
//   - Create: apply the caller's options with [CreateOptions]. Refuse a record that does
//     not fit ([Fits]). Store a token of the call with the record, so that a repeated
//     write recognizes its own earlier try.
//   - Claim: check the arguments with [ValidateClaim]. Write the claim on the condition
//     that the job is pending or its lease has ended, and that it has an attempt left.
//     Settle a job that may not run again as Failed, with the reason [Abandoned].
//   - Report and Settle: check the arguments with [ValidateReport] and [ValidateSettle].
//     Write on the condition that the job is processing under the owner and attempt of
//     the claim. When the owner is [CanceledOwner], fail with [jobstore.ErrCanceled].
//   - Any call that returns a job combines the refusal and the decode error with
//     [Refusal].
//   - The optional interfaces are [jobstore.Canceler] and [jobstore.Sweeper]. A store that
//     wraps another has a method Unwrap instead, see [jobstore.As].
//
// Return errors of type [*jobstore.Error]. Then run the suite of package jobstoretest
// and its chaos simulation.
//
// The package needs no IAM actions.
package driver
