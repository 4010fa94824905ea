import { defineBackend } from '@aws-amplify/backend';
import { Fn } from 'aws-cdk-lib';
import { FilterCriteria, Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { auth } from './auth/resource';
import { data, unreadable } from './data/resource';
import { processQueryJob, submitQuery } from './functions/resource';

const backend = defineBackend({ auth, data, submitQuery, processQueryJob });

const { amplifyDynamoDbTables, cfnGraphqlApi, cfnResolvers } = backend.data.resources.cfnResources;
for (const { resources } of [backend.submitQuery, backend.processQueryJob]) {
  // Amplify tells the API's address only to functions in TypeScript.
  (resources.lambda as Function).addEnvironment('APPSYNC_URL', cfnGraphqlApi.attrGraphQlUrl);
}

// The service that answers questions. Replace it by your own.
(backend.processQueryJob.resources.lambda as Function).addEnvironment(
  'CLAUDE_URL', process.env.CLAUDE_URL ?? 'https://claude.chinchilla-ai.com/query',
);

// A filter compares every field, also those that its caller may not read: a user who filters by
// the beginning of a token learns the token, character by character.
const refuseFilters = [
  '#if( $util.authType() != "IAM Authorization" && !$util.isNull($ctx.args.filter) )',
  '#set( $filter = $util.toJson($ctx.args.filter) )',
  ...unreadable.map((field) => `#if( $filter.contains('"${field}"') )$util.unauthorized()#end`),
  '#end',
];
for (const resolver of Object.values(cfnResolvers)) {
  if (resolver.fieldName === 'listQueryJobs' || resolver.typeName === 'Subscription') {
    resolver.requestMappingTemplate = Fn.join('\n', [...refuseFilters, resolver.requestMappingTemplate!]);
  }
}

const jobs = backend.data.resources.tables['QueryJob'];
amplifyDynamoDbTables['QueryJob'].timeToLiveAttribute = { attributeName: 'expiresAt', enabled: true };

const processor = backend.processQueryJob.resources.lambda;
processor.addEventSource(
  new DynamoEventSource(jobs, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 1,
    parallelizationFactor: 10,
    reportBatchItemFailures: true,
    retryAttempts: -1, // the job counts its attempts, and Lambda's retries are also its waits
    filters: [FilterCriteria.filter({ dynamodb: { NewImage: { status: { S: ['pending'] } } } })],
    onFailure: new SqsDlq(new Queue(jobs.stack, 'Discarded')),
  }),
);
