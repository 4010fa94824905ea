import { a, defineData, type ClientSchema } from '@aws-amplify/backend';
import { submitQueryFunction } from '../functions/submit-query/resource';
import { processQueryJob } from '../functions/process-query-job/resource';
import { jobFields, ownersRead, submitted } from '../jobs';

const schema = a.schema({
  QueryJob: a.model({
    ...jobFields(),
    query: a.string().required(),
    status: a.enum(['pending', 'processing', 'complete', 'error']),
    response: a.string(),
    error: a.string(),
    createdAt: a.datetime().required(),
    metadata: a.json()
  })
  .authorization(ownersRead),

  Submitted: submitted(),

  submitQuery: a.mutation()
    .arguments({
      query: a.string().required(),
      metadata: a.json()
    })
    .returns(a.ref('Submitted'))
    .handler(a.handler.function(submitQueryFunction))
    .authorization(allow => [allow.authenticated()])
})
.authorization(allow => [
  allow.resource(submitQueryFunction),
  allow.resource(processQueryJob)
]);

export type Schema = ClientSchema<typeof schema>;

export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: 'userPool' }
});
