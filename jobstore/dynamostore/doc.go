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
// The key is the string attribute id, without a sort key. The TTL attribute is
// expiresAt. A stream that triggers the work has the view type NEW_IMAGE or
// NEW_AND_OLD_IMAGES. [Attributes] lists the other attributes; every name can be
// changed.
//
// A record that another program wrote needs only an ID and a status. Missing attributes
// have defaults, and unknown attributes are left alone. [Amplify] fits the table of an
// Amplify model. [CreateTable] makes a table for tests and local use.
//
// # Index
//
// [jobstore.Sweep] scans the table unless [Options.Index] names a global secondary
// index. The index has the partition key shard (S) and the sort key sweepAt (N), and
// projects status, claimableFrom, updatedAt and expiresAt. Unfinished jobs are under the
// 16 keys "open-0" to "open-15", by a hash of the ID, which spreads the writes. Failed
// jobs are under "failed-0" to "failed-15". Complete jobs are not in the index. A record
// that another program wrote enters it with its first claim.
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
//	Settle            1 UpdateItem   n, index +1
//	Cancel            1 UpdateItem   n, index +1
//	Get               1 GetItem      one read unit for each 4 KB, consistent
//	refused Claim     1 UpdateItem   n, also when the job is complete
//	abandoned job     2 UpdateItem   2n: the refused claim, and the settle
//	Sweep             at least 16 Query, or a Scan of the whole table
//
// A refused claim needs no read, since the refused condition returns the job.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
//
// # IAM
//
// dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:GetItem on the table. Sweep needs
// dynamodb:Query on the index, or dynamodb:Scan on the table.
package dynamostore
