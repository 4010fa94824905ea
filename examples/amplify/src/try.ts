// Runs the front end under Node.js against the API at APPSYNC_URL, and prints a line of JSON for each
// thing that it shows. JOB is the ID in the address of a page that is reloaded, or several with spaces between them,
// EVERY the time between two reads in ms. A line of standard input is the token of a user who signs in.
import { say } from './tryClient';
import { Hub } from 'aws-amplify/utils';
import { ask, show } from './chat';

Hub.listen('api', ({ payload }) => payload.event === 'Subscription ack' && say('subscribed')());
process.stdin.on('data', (token) => (process.env.TOKEN = String(token).trim())).unref();
const page = { showSpinner: say('spinner'), showResponse: say('response'), showError: say('error'), showTrouble: say('trouble') };
for (const id of process.env.JOB?.split(' ') ?? [await ask('What were sales last month?')]) {
  say('job')(id);
  show(id, page, Number(process.env.EVERY) || undefined);
}
