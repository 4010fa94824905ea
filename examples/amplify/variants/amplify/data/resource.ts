// The model of schemas.ts that the environment's VARIANT names.
import { defineData } from '@aws-amplify/backend';
import { schemas } from './schemas';
import { worker } from './worker';

export const data = defineData({
  schema: schemas[process.env.VARIANT as keyof typeof schemas].authorization((allow) => [allow.resource(worker).to(['query', 'mutate'])]),
  authorizationModes: { defaultAuthorizationMode: 'userPool', apiKeyAuthorizationMode: { expiresInDays: 30 } },
});
