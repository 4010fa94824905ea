// Runs the front end under Node.js against the API at APPSYNC_URL, and prints a line
// of JSON for each thing that it shows. It ends with the response.
import { readFileSync } from 'node:fs';
import { Amplify } from 'aws-amplify';
import WebSocket from 'ws';
import { ask } from './chat';

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

const show = (what: string) => (text: unknown) => process.stdout.write(JSON.stringify({ [what]: text }) + '\n');
console.log = console.error;
await ask({
  showSpinner: show('spinner'),
  showResponse: (text) => {
    show('response')(text);
    process.exit();
  },
});
