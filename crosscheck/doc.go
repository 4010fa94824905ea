// Package crosscheck tests the library against other people's libraries. It is a
// module of its own, so that users of the library get none of them.
package crosscheck
