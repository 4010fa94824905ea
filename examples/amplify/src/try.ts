// Runs the front end under Node.js against the API at APPSYNC_URL, and prints a line of JSON for each
// thing that it shows. JOB is the ID in the address of a page that is reloaded, EVERY
// the time between two reads in ms.
import { readFileSync } from 'node:fs';
import { Amplify } from 'aws-amplify';
import { Hub } from 'aws-amplify/utils';
import WebSocket from 'ws';
import { ask, show } from './chat';

// Node.js 20 has no WebSocket. Amplify's client knows only wss, the API under test ws.
class PlainWebSocket extends WebSocket {
  constructor(address: string, protocols: string[]) {
    super(address.replace(/^wss:/, 'ws:'), protocols);
  }
}
Object.assign(globalThis, { WebSocket: PlainWebSocket });

const introspection = new URL('../../../internal/appsynctest/simulator/generated/introspection.json', import.meta.url);
Amplify.configure({
  version: '1',
  data: {
    url: process.env.APPSYNC_URL!,
    aws_region: 'us-east-1',
    default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
    authorization_types: [],
    model_introspection: JSON.parse(readFileSync(introspection, 'utf8')),
  },
}, { Auth: { tokenProvider: { getTokens: async () => ({ accessToken: { toString: () => process.env.TOKEN!, payload: {} } }) } } });

const say = (what: string) => (...args: unknown[]) => process.stdout.write(JSON.stringify({ [what]: args }) + '\n');
console.log = console.error;
Hub.listen('api', ({ payload }) => payload.event === 'Subscription ack' && say('subscribed')());
const id = process.env.JOB ?? (await ask('What were sales last month?'));
say('job')(id);
show(id, { showSpinner: say('spinner'), showResponse: say('response'), showError: say('error'), showTrouble: say('trouble') }, Number(process.env.EVERY) || undefined);
