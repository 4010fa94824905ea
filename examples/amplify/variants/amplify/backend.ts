// The back end of one of the variants, for resolvers.ts.
import { defineBackend } from '@aws-amplify/backend';
import { auth } from '../../amplify/auth/resource';
import { connectJobs } from '../../amplify/jobs';
import { data } from './data/resource';
import { worker } from './data/worker';

const backend = defineBackend({ auth, data, worker });
const connected = { connected: 'Summary', guests: 'QueryJob' }[process.env.VARIANT!];
if (connected) connectJobs(backend.data, connected, { worker: backend.worker });
