// Package memstore is a [jobstore.JobStore] in memory, for tests and laptops.
//
//	jobs := memstore.New[string, string]()
//	job, err := jobs.Create(ctx, "What were sales last month?")
//
// It keeps every guarantee of a durable store but durability. Inputs and
// outputs pass through encoding/json, so that no job shares memory with another
// and a type that does not encode fails here too.
//
// With [Options.Stream] it also keeps a change feed in the JSON that Lambda
// hands to a function mapped to a DynamoDB stream; see [Store.Changes].
//
// It needs no IAM actions.
package memstore
