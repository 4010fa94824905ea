// Package crosscheck tests the library against other people's libraries. It is a
// module of its own, so that users of the library get none of them.
//
// The verifiers of webhook are held to slack-go, stripe-go, go-github and
// standard-webhooks: what these and the providers' documentation refuse, ours
// refuse too. Where ours are stricter, peer.stricter says why; where a library
// accepts what it should not, a test named after it says what.
//
// The stores of jobstore are held to a model of one job, written from the contract of
// jobstore.JobStore. Concurrent workers call a store, answers are lost, and copies of
// earlier writes arrive late. porcupine then looks for an order of the calls in which
// the model gives the same answers, and draws the history when there is none.
//
// The Invoke API and the Runtime API of lambdalocal are used by AWS's own programs: the
// SDK for JavaScript, and the runtime client that runs functions in Node.js. Their
// packages are in the folder nodejs.
//
// The page of examples/rosario is used in Chromium, in the folder page.
package crosscheck
