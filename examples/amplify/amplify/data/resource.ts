import { a, defineData, type ClientSchema } from '@aws-amplify/backend';
import { processQueryJob, submitQuery } from '../functions/resource';

const schema = a
  .schema({
    QueryJob: a
      .model({
        query: a.string().required(),
        status: a.enum(['pending', 'processing', 'complete', 'error']),
        response: a.string(),
        error: a.string(),
        createdAt: a.datetime().required(),
        updatedAt: a.datetime(), // declared, so that the store can write its own
        metadata: a.json(),

        // What the store's guarantees need. All are optional: a record without them runs.
        progress: a.integer(),
        progressMessage: a.string(),
        attempt: a.integer(),
        maxAttempts: a.integer(),
        onLeaseExpiry: a.string(),
        canceled: a.boolean(),
        errorDetail: a.string(), // for operators; no mutation selects it, so no subscriber gets it
        createToken: a.string(), // of the create call; likewise
        claimToken: a.string(), // of the claim; likewise
        claimableFrom: a.float(), // ms since 1970: too large for Int, whose 32 bits GraphQL fixes
        reports: a.integer(), // number of the claim's latest heartbeat
        expiresAt: a.timestamp(), // s since 1970
      })
      .authorization((allow) => [allow.publicApiKey(), allow.authenticated()]),

    submitQuery: a
      .mutation()
      .arguments({
        query: a.string().required(),
        metadata: a.json(),
      })
      .returns(a.ref('QueryJob'))
      .handler(a.handler.function(submitQuery))
      .authorization((allow) => [allow.authenticated(), allow.publicApiKey()]),
  })
  // Without this the functions' requests are answered Unauthorized.
  .authorization((allow) => [
    allow.resource(submitQuery),
    allow.resource(processQueryJob),
  ]);

export type Schema = ClientSchema<typeof schema>;

export const data = defineData({
  schema,
  authorizationModes: {
    defaultAuthorizationMode: 'apiKey',
    apiKeyAuthorizationMode: { expiresInDays: 30 },
  },
});
