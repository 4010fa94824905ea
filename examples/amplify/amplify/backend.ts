import { defineBackend } from '@aws-amplify/backend';
import { FilterCriteria, Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { auth } from './auth/resource';
import { data } from './data/resource';
import { processQueryJob, submitQuery } from './functions/resource';

const backend = defineBackend({ auth, data, submitQuery, processQueryJob });

const { amplifyDynamoDbTables, cfnGraphqlApi } = backend.data.resources.cfnResources;
for (const { resources } of [backend.submitQuery, backend.processQueryJob]) {
  // Amplify tells the API's address only to functions in TypeScript.
  (resources.lambda as Function).addEnvironment('APPSYNC_URL', cfnGraphqlApi.attrGraphQlUrl);
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
    bisectBatchOnError: true,
    retryAttempts: 5,
    filters: [FilterCriteria.filter({ dynamodb: { NewImage: { status: { S: ['pending'] } } } })],
    onFailure: new SqsDlq(new Queue(jobs.stack, 'Discarded')),
  }),
);
