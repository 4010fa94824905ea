// Package jobstoretest is the suite that every [jobstore.JobStore] passes.
//
//	func TestStore(t *testing.T) {
//		jobstoretest.Run(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
//			return mystore.New(func(o *mystore.Options) { o.Now = c.Now })
//		})
//	}
//
// Each check is a subtest with a new store. A check of something that the store does not
// have is skipped, and [Run] says which and why. The checks are numbered by the guarantee that
// they check:
//
//  1. Create is idempotent on an ID of the caller's.
//  2. A claim has exactly one winner, and losers learn why.
//  3. Report and Settle are fenced by owner and attempt.
//  4. complete and error are final.
//  5. Every write is safe to repeat.
//  6. A job whose lease ran out is run again or held, as its creator chose.
//  7. One job costs three writes. Each store's own tests count them.
//  8. Bad input is refused before any write.
//  9. Nothing claims a job before it is due, and a sweep starts it then.
//
// The others are named for what they check, such as waits, lists and the retention of jobs.
//
// [Types] checks that the store returns the inputs and outputs that it took, of every
// type, or refuses them. [Chaos] runs jobs under faults and checks the same after every write.
//
// The suite needs no IAM actions of its own.
package jobstoretest
