// Package crosscheck tests the library against other people's libraries. It is a
// module of its own, so that users of the library get none of them.
//
// The verifiers of webhook are held to slack-go, stripe-go, go-github and
// standard-webhooks: what these and the providers' documentation refuse, ours
// refuse too. Where ours are stricter, peer.stricter says why; where a library
// accepts what it should not, a test named after it says what.
package crosscheck
