// Package memstore is a [jobstore.JobStore] in memory, for tests and laptops.
//
//	jobs := memstore.New[string, string]()
//	job, err := jobs.Create(ctx, "What were sales last month?")
//
// It has every guarantee of a durable store except durability. Inputs and outputs are
// stored as JSON, so jobs share no memory and a type that does not encode fails here too.
//
// With [Options.Stream] it also keeps a change feed. Its records are the JSON that Lambda
// sends to a function mapped to the stream of a dynamostore table; see [Store.Changes].
//
// The package needs no IAM actions.
package memstore
