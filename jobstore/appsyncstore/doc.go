// Package appsyncstore is a [jobstore.JobStore] behind an AWS AppSync API. It uses the
// queries and mutations that Amplify generates for a model. It is for jobs that a front
// end watches: a mutation fires a subscription, a write to the table does not.
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
// Subscribers see pending, processing, the progress, and complete or error. Each event
// has all fields of the job except its tokens and the error's detail.
//
// # Model
//
// In amplify/data/resource.ts, with the default names of [Fields]:
//
//	const functionsOnly = (allow) => [allow.ownerDefinedIn('owner').identityClaim('sub').to([])];
//
//	QueryJob: a.model({
//		owner: a.string(), // see Who may do what
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
//		canceled: a.boolean(),
//		expiresAt: a.timestamp(),
//		errorDetail: a.string().authorization(functionsOnly), // for operators
//		createToken: a.string().authorization(functionsOnly),
//		claimToken: a.string().authorization(functionsOnly),
//		claimableFrom: a.float().authorization(functionsOnly), // ms since 1970; a GraphQL Int has 32 bits
//		reports: a.integer().authorization(functionsOnly),
//	}).authorization((allow) => [allow.ownerDefinedIn('owner').identityClaim('sub').to(['read'])])
//
// A record that another program creates needs an ID, a status and what the model
// requires; everything else has a default, and nulls are as good as missing.
// dynamostore can share the table; see dynamostore.Amplify.
//
// A job expires after [Options].Retention, 90 days by default, and is then no longer found
// by this store. The API shows its record until DynamoDB deletes it. Switch TTL on in
// amplify/backend.ts, since the generated table has none:
//
//	const { amplifyDynamoDbTables } = backend.data.resources.cfnResources;
//	amplifyDynamoDbTables['QueryJob'].timeToLiveAttribute = {
//		attributeName: 'expiresAt', enabled: true,
//	};
//
// In a model without expiresAt, jobs are kept forever. Where a retention would end after
// January 2038, the last time of a GraphQL Int, the job is kept forever too.
//
// Strings, numbers and bools of In and Out are sent as such. Everything else is sent as
// the text of its JSON, and so is every value of an interface type. a.string() and
// a.json() both take that.
//
// A model with fewer fields works too: [Minimal] is for one that has only query, status,
// response, error, createdAt and metadata. [Store.Lacks] says what a store cannot do for
// want of fields. One field more, [Fields].State, brings all guarantees.
//
// An identifier of two fields makes IDs of both, see [Fields].Partition. Those of more fields,
// and conflict resolution (_version), are not supported; Check refuses them.
//
// [Store.Check] compares the API's schema with what the store needs, and lists all that is
// missing or of another type. A call that the schema refuses fails with a [*SchemaError],
// which no trigger repeats; the job waits for the sweep.
//
// # Who may do what
//
// The rules of the model decide, not this package. Those above let functions write, and
// let users read and watch their own jobs. A function creates the job and writes the
// owner, see Options.Extra. allow.publicApiKey and allow.authenticated would let
// every browser read all jobs and complete them. See examples/amplify/README.md.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/
//
// # Wiring
//
// A function of the back end needs two things. Without either, AppSync answers
// Unauthorized:
//
//   - allow.resource(processQueryJob) in the authorization of the schema (a.schema,
//     not the model);
//   - resourceGroupName: 'data' in its defineFunction. Otherwise the function's stack
//     and the table's stack depend on each other, and the deployment fails.
//
// Amplify gives the API's address to TypeScript functions only: code before the handler
// reads it from a Systems Manager parameter into AMPLIFY_DATA_GRAPHQL_ENDPOINT. Give it
// to a Go function in amplify/backend.ts:
//
//	(backend.processQueryJob.resources.lambda as Function).addEnvironment(
//		'APPSYNC_URL', backend.data.resources.cfnResources.cfnGraphqlApi.attrGraphQlUrl)
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/grant-lambda-function-access-to-api/
//
// # Guarantees
//
// Those of [jobstore]. The condition inputs of the generated mutations become
// DynamoDB's condition expressions, so every write is conditional and a refused write
// changes nothing. The store passes jobstoretest over the resolvers that Amplify
// generates.
//
//	Create              1 mutation
//	first Claim         1 mutation
//	Report, Settle      1 mutation
//	Cancel, CancelJob   1 mutation
//	a later Claim       1 query, 2 mutations: GraphQL cannot increment
//	a refused write     1 more query, for the reason
//	a finished job      1 query, 2 mutations: the second proves that it is finished
//	with Fields.State   1 more query for each mutation but Create
//	an abandoned job    1 query, 2 mutations
//	Get                 1 query
//	Sweep               1 query for each page of the table
//
// A repeated claim recognizes its own earlier try without a read.
//
// A record is partly unreadable when a required field is null or the function may not
// see a field. A claim returns such a job with ErrDecode, so [jobstore.Run] ends it. A
// report or settle of such a job succeeds, since it took effect.
//
// # What it does not guarantee
//
// Get is eventually consistent, like the generated resolver. It may miss what was
// written within the last second, even the creation of the job. A read that contradicts
// a refused write is repeated twice within a second. When no read explains the refusal, the
// call fails with an error that [jobstore.Run] and triggers repeat; no job is let go of as
// finished or missing because of an old read.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
//
// The tokens of claims and creates are fields of the model. Anyone who may update it can
// write any state. A settle that finds another outcome fails with ErrLeaseLost, also when
// the other writer knew the token. A change after the settle is not noticed. Tokens
// coordinate cooperating workers. They are not access control.
//
// AppSync delivers no event over 240 KB, and each has the input and the output. So a job is
// limited to that, see [Options].MaxEventBytes; Omit makes events smaller. Keep large outputs
// elsewhere. A repeated
// mutation sends its event again.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
//
// The resolver may store an empty string as null. Both read as empty. A null in a
// required field makes the record unreadable, so do not create a job with an empty
// input.
//
// [jobstore.CreateOptions] Caller needs Fields.Caller, or State. Add a field to the model
// that only functions may write: a browser that writes it gives a job to whom it likes.
// Without it, a Create with a caller is refused, and so is each POST to jobhttp with OwnJobs.
// The owner is for AppSync: jobhttp does not read it, and its AllowAll shows each job to all.
// CancelJob tells a job from a later one with its ID by the createdAt and the caller that the
// model has a field for.
//
// The store keeps no history. The model has no fields for what sweeps did and for attempts
// that did not count. So each sweep starts a job that is due, until a worker claims it;
// [jobstore.Job.HandOvers] and Uncounted are 0, and a back-off counts an attempt that was
// snoozed. Sweep scans the table. [jobstore.Retry] and [jobstore.List] are not supported.
// Where stores of dynamostore run jobs of the same table, let them run all: their sweeps go
// by a time that this store does not write. The conditions on expiresAt compare
// GraphQL Ints, which end in January 2038.
//
// # IAM
//
// appsync:GraphQL on the fields createQueryJob, updateQueryJob, deleteQueryJob (to
// replace an expired job), getQueryJob, and listQueryJobs (for Sweep). Their ARNs are
// arn:aws:appsync:REGION:ACCOUNT:apis/API/types/Mutation/fields/… and
// …/types/Query/fields/…. allow.resource grants all fields.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
package appsyncstore
