// Package dynamostore is a [jobstore.JobStore] in a DynamoDB table.
//
//	jobs, err := dynamostore.New[string, string](dynamodb.NewFromConfig(cfg), os.Getenv("TABLE"))
//	if err != nil {
//		return err
//	}
//	lambda.Start(jobstream.New(jobs, process))
//
// # Table
//
// The key is the string attribute id. The TTL attribute is expiresAt: a job expires after
// [Options.Retention], 90 days by default, and is then no longer found. Switch TTL on for
// the attribute, so that DynamoDB deletes the record too, within a few days and at no cost.
// Without TTL it stays until another job gets its ID. A stream that
// triggers the work has the view type NEW_IMAGE or NEW_AND_OLD_IMAGES. [Attributes]
// lists the other attributes; every name can be changed. [Store.Layout] returns the
// names that a reader of the table or its stream needs, so that they are given once.
// [CreateTable] makes a table for tests and local use.
//
// Without [Options.Marker], the table must hold jobs only: an item of another kind that
// happens to have a status of "pending" would be run. With it, each condition checks
// that the item is a job. Each kind of job has a table of its own, since a worker runs all
// jobs of its table. [Options.SortKey] is for a table whose key has a second
// attribute.
//
// # Records of other programs
//
// A record that another program wrote needs only an ID and a status (and the marker).
// Missing attributes have defaults, NULL counts as missing, and unknown attributes are
// left alone. An attribute of a wrong type is refused by its name: Claim and Cancel fail
// with [jobstore.ErrInvalid] and change nothing, Get and Create return the same error
// with what can be read. [Amplify] fits the table of an Amplify model.
//
// # Index
//
// [jobstore.Sweep] scans the table unless [Options.Index] names a global secondary
// index. The index has the partition key shard (S) and the sort key sweepAt (N). sweepAt
// is when a sweep looks at the job: when its lease ends, when it is due after a wait, or
// [Options.PickUp] after it became pending for a trigger that comes at once. Unfinished
// jobs are under the 16 keys "open-0" to "open-15", by a hash of the ID, which spreads the
// writes. Failed jobs are under "failed-0" to "failed-15", canceled ones under
// "canceled-0" to "canceled-15", with the time of their end as sort key. [jobstore.List]
// reads them, and needs the index. Complete jobs are not in it. A record that another
// program wrote enters it with its first claim.
//
// The index projects what a sweep and a list need: status, claimableFrom, expiresAt,
// handOvers, handedOverAt, attempt, createdAt and errorExcerpt. Lists add no write unit.
// Each attribute changes only with a write that moves the job in the index anyway, and an
// item of the index is smaller than 1 KB: errorExcerpt is the beginning of the last error,
// at most [driver.MaxExcerptBytes], by which a record with an error is larger. (IDs and attribute names of more than about 400 bytes
// in all make the item larger.) From an index that projects only the first four, lists show
// nothing of the others, and Get still does.
//
// # Index of callers
//
// [jobstore.ListByCaller] needs [Options.CallerIndex], the name of a global secondary index
// with the partition key caller (S) and the sort key createdAt (S), that projects expiresAt
// and, where there is one, the marker. Only jobs with a caller are in it. Nothing that it
// holds changes when a job runs, so it adds one write unit to a job's Create, one to a
// Retry that extends the expiry, and one to a deletion. It does not hold the
// status, which would add one for each change: read the jobs of a page with Get. A page of
// up to 4 KB costs half a read unit. Jobs of one caller are under one key, which takes 1,000
// of them a second. The index is eventually consistent: a new job may be missing for a moment.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
//
// # Values
//
// Inputs and outputs are stored as attributevalue encodes them, with its encoding
// marshalers on. New panics for types that would not come back unchanged, and Create and
// Settle refuse such values; see [driver.CheckTypes] and [driver.CheckValue]. Input,
// metadata, caller and ID take up to [jobstore.MaxInputBytes] together. The rest of DynamoDB's
// 400 KB is for what is written later, and for the output.
//
// # Requests and write units
//
// DynamoDB bills a write by the larger of the item before and after, in units of 1 KB
// rounded up. It bills a refused condition by the item that refused it. In the table, n
// is that number of units, and "index" is what the sparse index adds.
//
//	Create            1 PutItem      n, index +1
//	Claim             1 UpdateItem   n, index +2 (its sort key changes)
//	Report            1 UpdateItem   n, index +2 when it renews the lease
//	Partial           part of a Report; n counts the output so far
//	Settle            1 UpdateItem   n, index +1, or +2 when the job is not complete
//	Cancel, CancelJob 1 UpdateItem   n, index +2
//	Retry             1 GetItem, 1 UpdateItem: n, index +2
//	Get               1 GetItem      one read unit for each 4 KB, consistent
//	a wait            none           it is part of the Create or Settle before it
//	refused Claim     1 UpdateItem   n, also when the job is complete or not due
//	refused Create    1 PutItem      n, also when the job is complete
//	abandoned job     2 UpdateItem   2n: the refused claim, and the settle
//	Sweep             at least 16 Query, or a Scan of the whole table
//	a job it starts   1 UpdateItem   n, index +2; twice that when the start fails
//	ListByCaller      1 Query for each page
//	List              16 Query, and 1 more for each further page of a key: half a read unit for each 4 KB
//
// A refused write needs no read, since the refused condition returns the job. A second
// write, on the condition that the record is as the first one returned it, is needed
// for
//
//   - a CancelJob of a record whose createdAt another program wrote in another form
//   - a claim or cancel of another program's record that has a NULL in one of the
//     attributes, or a number such as expiresAt: a condition does not see whether that
//     is whole. After its first claim the record costs one write, unless the NULL stays.
//   - a claim of a record whose history is full, because its last claims were not settled
//   - a claim that comes while another write changes the record
//   - a Create under the ID of a job that has expired and that TTL has not deleted yet:
//     a DeleteItem and another PutItem, so that the stream shows a removal and an
//     insertion
//
// A duplicate of a job with a large output is not cheap. Where you can tell a
// redelivery, set [jobstore.CreateOptions] and [jobstore.RunOptions] Redelivered: a read
// then comes first, at an eighth of the price.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
//
// # Guarantees
//
// Those of package jobstore, with consistent reads. Each transition is one write on a
// condition, so a write that is refused changes nothing. Attributes that the store does not
// know are left alone.
//
// # What it does not guarantee
//
// A copy of any request changes nothing, whenever it arrives, with two exceptions. A copy
// of a Create that arrives after its job has expired and was deleted creates the job
// anew. Let jobs live for longer than a client tries, as they do by default. A copy of a Cancel that was refused,
// since the job had failed, cancels the job if it was reopened in between.
//
// # Errors
//
// DynamoDB quotes values in the text of a ValidationException, so that text is in no
// error of this package. [errors.As] still finds the SDK's error.
//
// # IAM
//
// On the table: dynamodb:PutItem and dynamodb:DeleteItem for Create, dynamodb:UpdateItem
// for workers, Cancel, Retry and Sweep, dynamodb:GetItem for Get, Retry and Redelivered.
// List, ListByCaller and Sweep also need dynamodb:Query on their index; without an index Sweep needs
// dynamodb:Scan on the table. With dynamodb:GetItem, a request that DynamoDB finds wrong is
// explained: the table has another key, or the record is too large.
package dynamostore
