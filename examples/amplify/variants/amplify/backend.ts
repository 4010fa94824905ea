// The back end of one of the variants, for resolvers.ts.
import { defineBackend } from '@aws-amplify/backend';
import { auth } from '../../amplify/auth/resource';
import { data } from './data/resource';
import { worker } from './data/worker';

defineBackend({ auth, data, worker });
