// What jobs need of an Amplify back end: fields, rules, and triggers. Copy this file into the
// folder amplify, with go.ts.
import { a, type defineData } from '@aws-amplify/backend';
import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { CfnResolver } from 'aws-cdk-lib/aws-appsync';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, StartingPosition, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { goFunction } from './go';

type OnModel = Parameters<Parameters<ReturnType<typeof a.model>['authorization']>[0]>[0];
type OnField = Parameters<Parameters<ReturnType<typeof a.string>['authorization']>[0]>[0];

// ownersRead is the model's rule: users read and watch their own jobs, and write none. It holds
// for each field that is added later.
export const ownersRead = (allow: OnModel) => [allow.ownerDefinedIn('owner').identityClaim('sub').to(['read'])];

// functionsOnly keeps a field from users: it has no operation.
const functionsOnly = (allow: OnField) => [allow.ownerDefinedIn('owner').identityClaim('sub').to([])];

// jobFields are the fields of a job that a model has beside query, status, response, error, createdAt
// and metadata. All are optional: a record without them runs.
export const jobFields = () => ({
  owner: a.string(), // the user's ID in the user pool; a function writes it
  updatedAt: a.datetime(), // declared, so that the store can write its own
  progress: a.integer(),
  progressMessage: a.string(),
  attempt: a.integer(),
  maxAttempts: a.integer(),
  onLeaseExpiry: a.string(),
  canceled: a.boolean(),
  expiresAt: a.timestamp(), // s since 1970
  ...hidden(),
});

// hidden fields are read by functions only.
const hidden = () => ({
  errorDetail: a.string().authorization(functionsOnly), // for operators
  createToken: a.string().authorization(functionsOnly), // of the create call
  claimToken: a.string().authorization(functionsOnly), // of the claim
  claimableFrom: a.float().authorization(functionsOnly), // ms since 1970: too large for Int, whose 32 bits GraphQL fixes
  reports: a.integer().authorization(functionsOnly), // number of the claim's latest heartbeat
});

// submitted is what a mutation returns for a new job, since its caller may not read all fields.
export const submitted = () =>
  a.customType({
    id: a.id().required(),
    query: a.string().required(),
    status: a.string().required(),
    createdAt: a.datetime().required(),
    metadata: a.json(),
  });

type Data = Pick<ReturnType<ReturnType<typeof defineData>['getInstance']>, 'resources'>;
type GoFunction = Pick<ReturnType<ReturnType<typeof goFunction>['getInstance']>, 'resources' | 'addEnvironment'>;

interface Functions {
  submitters?: GoFunction[]; // that use the store too
  worker: GoFunction; // a Worker of package jobtask
  sweepEvery?: Duration; // in whole minutes, default 1
}

// connectJobs tells the functions the API's address, and gives the worker its triggers.
export function connectJobs({ resources }: Data, model: string, { submitters = [], worker, sweepEvery = Duration.minutes(1) }: Functions) {
  const { cfnGraphqlApi, amplifyDynamoDbTables } = resources.cfnResources;
  for (const each of [worker, ...submitters]) each.addEnvironment('APPSYNC_URL', cfnGraphqlApi.attrGraphQlUrl); // Amplify tells it to functions in TypeScript only
  amplifyDynamoDbTables[model].timeToLiveAttribute = { attributeName: 'expiresAt', enabled: true };
  for (const resolver of filtering(resources, model)) refuseFilters(resolver);
  addTriggers(model, worker.resources.lambda, resources.tables[model], sweepEvery);
}

// addTriggers adds the three of a Worker: the table's stream, its own events, and a schedule, which starts the
// jobs that waited, whose event was lost, or whose worker died.
function addTriggers(model: string, worker: IFunction, jobs: ITable, sweepEvery: Duration) {
  const stack = Stack.of(worker);
  const discarded = new Queue(stack, `${model}Discarded`, { retentionPeriod: Duration.days(14), enforceSSL: true });
  worker.addEventSource(
    new DynamoEventSource(jobs, {
      startingPosition: StartingPosition.TRIM_HORIZON, // LATEST may miss records while the mapping is made
      batchSize: 100,
      reportBatchItemFailures: true, // otherwise Lambda ignores the response, and a failed record is lost
      bisectBatchOnError: true,
      retryAttempts: 5, // of a call to Lambda that failed; the schedule starts the jobs of discarded records
      filters: [FilterCriteria.filter({ dynamodb: { NewImage: { status: { S: ['pending'] } } } })],
      onFailure: new SqsDlq(discarded),
    }),
  );
  // Not by the role's default policy: the function would need what needs the function.
  new Policy(stack, `${model}Start`, {
    roles: [worker.role!],
    statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [worker.functionArn, `${worker.functionArn}:*`] })],
  });
  worker.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(6), onFailure: new SqsDestination(discarded) });
  new Rule(stack, `${model}Sweep`, { schedule: Schedule.rate(sweepEvery), targets: [new LambdaFunction(worker)] });
}

// filtering are the resolvers that take a filter by the model's fields: its subscriptions, and whatever reads its
// table, since an index or a relation of another model gives a query any name.
function filtering({ cfnResources: { cfnResolvers, cfnFunctionConfigurations, cfnDataSources } }: Data['resources'], model: string) {
  const table = cfnDataSources[`${model}Table`].attrName;
  const readers = Object.values(cfnFunctionConfigurations).filter((f) => f.dataSourceName === table).map((f) => f.attrFunctionId);
  if (readers.length === 0) throw new Error(`connectJobs: nothing reads the table of ${model}`); // and no filter would be refused
  const reads = ({ typeName, pipelineConfig }: CfnResolver) =>
    typeName !== 'Mutation' && (pipelineConfig as CfnResolver.PipelineConfigProperty)?.functions?.some((f) => readers.includes(f));
  const watches = ({ typeName, fieldName }: CfnResolver) => typeName === 'Subscription' && fieldName.toLowerCase().replace(/^on(create|update|delete)/, '') === model.toLowerCase();
  return Object.values(cfnResolvers).filter((r) => r.requestMappingTemplate && (reads(r) || watches(r))); // your own in JavaScript have none
}

// refuseFilters lets users filter by no hidden field. A filter compares every field, also those that its
// caller may not read: a user who filters by the beginning of a token learns it, character by character.
// In JSON only a name comes before a colon: a value with quotes in it has them escaped.
// A browser with the credentials of an identity pool is a user too, though it signs as functions do.
function refuseFilters(resolver: CfnResolver) {
  resolver.requestMappingTemplate = Fn.join('\n', [
    '#set( $function = $util.authType() == "IAM Authorization" && $util.isNull($ctx.identity.cognitoIdentityPoolId) && $util.isNull($ctx.identity.cognitoIdentityId) )',
    '#if( !$function && !$util.isNull($ctx.args.filter) )',
    '#set( $filter = $util.toJson($ctx.args.filter) )',
    ...Object.keys(hidden()).map((field) => `#if( $filter.contains('"${field}":') || $filter.contains('"${field}" :') )$util.unauthorized()#end`),
    '#end',
    resolver.requestMappingTemplate!,
  ]);
}
