// A function that may read and write all jobs.
import { defineFunction } from '@aws-amplify/backend';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';

export const worker = defineFunction(
  (scope) => new Function(scope, 'worker', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline('exports.handler = null') }),
  { resourceGroupName: 'data' },
);
