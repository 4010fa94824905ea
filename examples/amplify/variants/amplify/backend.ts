// The back end of one of the variants, for resolvers.ts.
import { defineBackend } from '@aws-amplify/backend';
import { auth } from '../../amplify/auth/resource';
import { connectJobs } from '../../amplify/jobs';
import { data } from './data/resource';
import { worker } from './data/worker';

const backend = defineBackend({ auth, data, worker });
if (process.env.VARIANT === 'connected') connectJobs(backend.data, 'Summary', { worker: backend.worker });
