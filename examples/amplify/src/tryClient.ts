// Has Amplify's client under Node.js use the API at APPSYNC_URL, as the user of TOKEN, or without one. INTROSPECTION is
// the file with the model's description, by default that of the model in this folder's back end.
import { readFileSync } from 'node:fs';
import { Amplify } from 'aws-amplify';
import WebSocket from 'ws';

// say prints a line of JSON.
export const say = (what: string) => (...args: unknown[]) => process.stdout.write(JSON.stringify({ [what]: args }) + '\n');
console.log = console.error;

// Node.js 20 has no WebSocket. Amplify's client knows only wss, the API under test ws.
export class PlainWebSocket extends WebSocket {
  constructor(address: string, protocols: string[]) {
    super(address.replace(/^wss:/, 'ws:'), protocols);
  }
}
Object.assign(globalThis, { WebSocket: PlainWebSocket });

// Amplify's client keeps a timer of 15 s for each handshake, also for those that have succeeded. A
// program that has nothing else to do ends sooner.
const { setTimeout } = globalThis;
const unkept = (f: (...args: any[]) => void, ms?: number, ...args: any[]) => {
  const timer = setTimeout(f, ms, ...args);
  return ms === 15_000 ? timer.unref() : timer;
};
globalThis.setTimeout = Object.assign(unkept, setTimeout) as typeof setTimeout;

const tokens = () => process.env.TOKEN && { accessToken: { toString: () => process.env.TOKEN!, payload: {} } };
// Node.js 20 keeps a timer for each idle connection, and may crash when one runs out
// (nodejs/undici#4755). A connection of one request has none.
const { fetch } = globalThis;
globalThis.fetch = (address, options) => {
  const headers = new Headers(options?.headers);
  headers.set('Connection', 'close');
  return fetch(address, { ...options, headers });
};

const introspection = process.env.INTROSPECTION ?? new URL('../../../internal/appsynctest/simulator/generated/introspection.json', import.meta.url);
Amplify.configure({
  version: '1',
  data: {
    url: process.env.APPSYNC_URL!,
    aws_region: 'us-east-1',
    default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
    authorization_types: [],
    model_introspection: JSON.parse(readFileSync(introspection, 'utf8')),
  },
}, { Auth: { tokenProvider: { getTokens: async () => tokens() || null } } });
