import { defineBackend } from '@aws-amplify/backend';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { auth } from './auth/resource';
import { data } from './data/resource';
import { submitQueryFunction } from './functions/submit-query/resource';
import { processQueryJob } from './functions/process-query-job/resource';

const backend = defineBackend({
  auth,
  data,
  submitQueryFunction,
  processQueryJob
});

const queryJobTable = backend.data.resources.tables['QueryJob'];

backend.processQueryJob.resources.lambda.addEventSource(
  new DynamoEventSource(queryJobTable, {
    startingPosition: StartingPosition.LATEST,
    batchSize: 1,
    retryAttempts: 2,
  })
);
