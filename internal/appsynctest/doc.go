// Package appsynctest gives tests an AppSync API: the one that examples/amplify
// defines, with the resolvers that Amplify generates for it, run by Amplify's own
// simulator under Node.js over a table of [dynamotest]'s server.
//
// server.mjs in the folder simulator says where it differs from AppSync.
// 'make amplify' checks that the folder's generated part is up to date.
package appsynctest
