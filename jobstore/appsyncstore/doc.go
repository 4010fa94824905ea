// Package appsyncstore is a [jobstore.JobStore] behind an AWS AppSync API, by the
// queries and mutations that Amplify generates for a model. It is for jobs that a
// front end watches: a write straight into DynamoDB fires no subscription, a
// mutation does.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	if err != nil {
//		return err
//	}
//	jobs, err := appsyncstore.New[string, string](os.Getenv("APPSYNC_URL"), "QueryJob", appsyncstore.IAM(cfg))
//	if err != nil {
//		return err
//	}
//	lambda.Start(jobstream.New(jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
//		jobstore.Report(ctx, 10, "calling the model") // onUpdateQueryJob
//		return ask(ctx, job.Input)
//	}))
//
// Subscribers then see pending, processing, the progress, and complete or error,
// each with all fields of the job but its tokens.
//
// # Model
//
// In amplify/data/resource.ts, with the names of [Fields], which can be changed:
//
//	QueryJob: a.model({
//		query: a.string().required(),
//		status: a.enum(['pending', 'processing', 'complete', 'error']),
//		response: a.string(),
//		error: a.string(),
//		createdAt: a.datetime().required(),
//		updatedAt: a.datetime(), // without it, no mutation may set the date
//		metadata: a.json(),
//		progress: a.integer(),
//		progressMessage: a.string(),
//		attempt: a.integer(),
//		maxAttempts: a.integer(),
//		onLeaseExpiry: a.string(),
//		creator: a.string(),
//		leaseOwner: a.string(), // a field named owner is the user's, to allow.owner()
//		leaseUntil: a.float(), // ms since 1970; a GraphQL Int has 32 bits
//		expiresAt: a.timestamp(),
//	})
//
// A record that a front end creates needs an ID, a status and what the model
// requires; everything else has a default, and nulls are as good as missing.
// dynamostore can share the table, with its attributes ClaimToken, CreateToken and
// ClaimableFrom set to leaseOwner, creator and leaseUntil.
//
// Strings, numbers and bools of In and Out are sent as such. Everything else, and
// whatever an interface type holds, is sent as the text of its JSON, which
// a.string() and a.json() both take.
//
// # Wiring
//
// Two things let a function of the back end in; without either, AppSync answers
// Unauthorized:
//
//   - allow.resource(processQueryJob) in the authorization of the schema (a.schema,
//     not the model);
//   - resourceGroupName: 'data' where defineFunction defines it. The function and
//     the table's stack otherwise need each other, and nothing deploys.
//
// Amplify gives the API's address, as AMPLIFY_DATA_GRAPHQL_ENDPOINT, to functions in
// TypeScript alone: the variable is filled at run time, from a Systems Manager
// parameter, by code that is put before the handler. Give it to a Go function in
// amplify/backend.ts:
//
//	(backend.processQueryJob.resources.lambda as Function).addEnvironment(
//		'APPSYNC_URL', backend.data.resources.cfnResources.cfnGraphqlApi.attrGraphQlUrl)
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/grant-lambda-function-access-to-api/
//
// # Guarantees
//
// Those of [jobstore], by the condition inputs of the generated mutations, which
// become DynamoDB's condition expressions. It passes jobstoretest over the resolvers
// that Amplify generates. A worker needs nothing that it has read: each write is
// conditional, and what AppSync refuses changes nothing.
//
//	Create              1 mutation
//	first Claim         1 mutation
//	Report, Settle      1 mutation
//	Cancel              1 mutation
//	a later Claim       1 query, 2 mutations: GraphQL cannot increment
//	a write refused     1 query more, which tells why
//	an abandoned job    1 query, 2 mutations
//	Get                 1 query
//	Sweep               1 query for each page of the table
//
// A claim that took effect and whose answer was lost is recognized without a read.
// In a record that cannot be read, fields are missing (a required one is null, or
// the function may not see it): a claim returns such a job with ErrDecode, so that
// [jobstore.Run] ends it, and a report or settle succeeds, since it took effect.
//
// # What it does not guarantee
//
// Get reads with eventual consistency, as the generated resolver does: it may miss
// what was written within the last second, and even a job that was just created.
// After a refused write, a read that contradicts the refusal is repeated twice,
// within a second.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
//
// The tokens of claims and creates are fields of the model: whoever may read it can
// ask for them, and whoever may update it can write what he likes. No subscription
// delivers them. They fence workers that mean well, and keep out nobody else.
//
// Subscribers get no event over 240 KB, while a record may have 400 KB: keep large
// outputs elsewhere. An event may come twice, when a mutation is repeated.
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
//
// Whether an empty string is stored as one or as null is the resolver's affair. Both
// read as empty; in a field that is required, a null makes the record unreadable, so
// create no job with an empty input.
//
// The history and the error's detail ([jobstore.Job.ErrorDetail]) are not kept. The
// number of a heartbeat is not stored, so a copy of a report that arrives while its
// claim still holds the job moves progress and lease back. Sweep scans the table. The conditions on expiresAt
// compare GraphQL's Ints, which end in January 2038.
//
// # IAM
//
// appsync:GraphQL on the fields createQueryJob, updateQueryJob, getQueryJob, for
// creating a job in the place of an expired one deleteQueryJob, and for Sweep
// listQueryJobs: arn:aws:appsync:REGION:ACCOUNT:apis/API/types/Mutation/fields/… and
// …/types/Query/fields/…. allow.resource grants it for all fields.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
package appsyncstore
