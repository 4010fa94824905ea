// Package dynamostore is a [jobstore.JobStore] in a DynamoDB table.
//
//	jobs, err := dynamostore.New[string, string](dynamodb.NewFromConfig(cfg), os.Getenv("TABLE"))
//	if err != nil {
//		return err
//	}
//	lambda.Start(streamproc.Jobs(jobs, process))
//
// # Table
//
// The key is the string attribute id, without a sort key; the TTL attribute is
// expiresAt; the stream, where one triggers the work, has the view type
// NEW_IMAGE or NEW_AND_OLD_IMAGES. [Attributes] lists the rest, and every name
// can be changed. A record somebody else wrote needs only an ID and a status:
// what is missing has a default, and attributes unknown here are left alone.
//
// # Requests
//
// Create is one PutItem, Claim, Report and Settle one UpdateItem each, Get a
// consistent GetItem. A refused condition returns the job it met, so that a
// loser needs no read; DynamoDB bills it by the size of that item. Only a job
// whose last attempt was abandoned costs its finder a second UpdateItem.
//
// # IAM
//
// dynamodb:PutItem, dynamodb:UpdateItem and dynamodb:GetItem on the table.
package dynamostore
