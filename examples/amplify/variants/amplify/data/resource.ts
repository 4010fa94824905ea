// The model of schemas.ts that the environment's VARIANT names.
import { defineData, defineFunction } from '@aws-amplify/backend';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { schemas } from './schemas';

export const worker = defineFunction(
  (scope) => new Function(scope, 'worker', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline('exports.handler = null') }),
  { resourceGroupName: 'data' },
);

export const data = defineData({
  schema: schemas[process.env.VARIANT as keyof typeof schemas].authorization((allow) => [allow.resource(worker).to(['query', 'mutate'])]),
  authorizationModes: { defaultAuthorizationMode: 'userPool', apiKeyAuthorizationMode: { expiresInDays: 30 } },
});
