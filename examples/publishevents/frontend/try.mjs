// Runs watchJob under Node.js as the user with the given token, and prints a line of JSON for
// each view: node try.mjs CHANNEL. A channel that is a list of texts in JSON is their path. LEAVE is
// when the page is left: while it is connecting, or getting the job. HASTE divides waits, not timeouts.
// The page throws at a view with the status THROW. The last line has how many listeners the page's signal is left with.
import { Amplify } from 'aws-amplify';
import { getEventListeners } from 'node:events';
import WebSocket from 'ws';
import { path, watchJob } from './watchjob.mjs';

// Node.js 20 has no WebSocket. Amplify's client knows only wss, the API under test ws.
globalThis.WebSocket = class extends WebSocket {
  constructor(address, protocols) {
    super(address.replace(/^wss:/, 'ws:'), protocols);
  }
};

const { EVENTS_ENDPOINT: endpoint, JOB_URL: url, TOKEN: token, LEAVE: leave, HASTE: haste } = process.env;
if (haste) {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (f, ms, ...args) => setTimeout(f, ms < 10_000 ? ms / haste : ms, ...args);
}
Amplify.configure({ API: { Events: { endpoint, region: 'eu-west-1', defaultAuthMode: 'userPool' } } },
  { Auth: { tokenProvider: { getTokens: async () => ({ accessToken: { toString: () => token, payload: {} } }) } } });

const page = new AbortController();
const left = (when) => leave === when && page.abort(new Error('left'));

let latest; // GET
const get = () => (latest = read());

async function read() {
  left('getting');
  const response = await fetch(url);
  if (!response.ok) throw Object.assign(new Error('GET failed'), { status: response.status });
  return response.json();
}

// show throws at a view that has the status THROW.
const show = (view) => {
  if (view.status === process.env.THROW) throw new Error('a fault of the page');
  print(view);
};

const print = (value) => new Promise((done) => process.stdout.write(JSON.stringify(value) + '\n', done));
const listeners = () => getEventListeners(page.signal, 'abort').length;
const [given] = process.argv.slice(2);
const channel = given.startsWith('[') ? await path(...JSON.parse(given)) : given;
try {
  const watched = watchJob(channel, get, show, page.signal);
  left('connecting');
  const last = await watched;
  await print({ last: last.status, channel, listeners: listeners() });
} catch (error) {
  await latest?.catch(() => {});
  await print({ error: error.errors?.[0]?.message ?? String(error), channel, listeners: listeners() });
}
process.exit();
