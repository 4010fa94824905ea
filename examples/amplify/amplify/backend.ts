import { defineBackend } from '@aws-amplify/backend';
import { auth } from './auth/resource';
import { data } from './data/resource';
import { submitQueryFunction } from './functions/submit-query/resource';
import { processQueryJob } from './functions/process-query-job/resource';
import { connectJobs } from './jobs';

const backend = defineBackend({
  auth,
  data,
  submitQueryFunction,
  processQueryJob
});

connectJobs(backend.data, 'QueryJob', {
  submitters: [backend.submitQueryFunction],
  worker: backend.processQueryJob,
});
