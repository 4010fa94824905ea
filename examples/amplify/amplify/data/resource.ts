import { a, defineData, type ClientSchema } from '@aws-amplify/backend';
import { processQueryJob, submitQuery } from '../functions/resource';

// Who may do what:
//   - functions: everything, by allow.resource(...) below;
//   - a signed-in user: submit a question, read and watch their own jobs;
//   - everyone else: nothing. The API has no key.
// Users write no record: a rule that lets them would hold for each field that is added to
// the model later.

// functionsOnly keeps a field from users: its rule has no operation.
type Allow = Parameters<Parameters<ReturnType<typeof a.string>['authorization']>[0]>[0];
const functionsOnly = (allow: Allow) => [allow.ownerDefinedIn('owner').identityClaim('sub').to([])];

// unreadable are the fields with that rule. backend.ts keeps users from filtering by them.
export const unreadable = ['errorDetail', 'createToken', 'claimToken', 'claimableFrom', 'reports'];

const schema = a
  .schema({
    QueryJob: a
      .model({
        owner: a.string(), // the user's ID in the user pool; submitQuery writes it
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
        expiresAt: a.timestamp(), // s since 1970

        // No browser reads these, not even the owner's, or filters by them: see unreadable.
        errorDetail: a.string().authorization(functionsOnly), // for operators
        createToken: a.string().authorization(functionsOnly), // of the create call
        claimToken: a.string().authorization(functionsOnly), // of the claim
        claimableFrom: a.float().authorization(functionsOnly), // ms since 1970: too large for Int, whose 32 bits GraphQL fixes
        reports: a.integer().authorization(functionsOnly), // number of the claim's latest heartbeat
      })
      .authorization((allow) => [allow.ownerDefinedIn('owner').identityClaim('sub').to(['read'])]),

    Submitted: a.customType({
      id: a.id().required(),
      query: a.string().required(),
      status: a.string().required(),
      createdAt: a.datetime().required(),
      metadata: a.json(),
    }),

    submitQuery: a
      .mutation()
      .arguments({
        query: a.string().required(),
        metadata: a.json(),
      })
      .returns(a.ref('Submitted'))
      .handler(a.handler.function(submitQuery))
      .authorization((allow) => [allow.authenticated()]),
  })
  // Without this the functions' requests are answered Unauthorized.
  .authorization((allow) => [
    allow.resource(submitQuery).to(['query', 'mutate']),
    allow.resource(processQueryJob).to(['query', 'mutate']),
  ]);

export type Schema = ClientSchema<typeof schema>;

export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: 'userPool' },
});
