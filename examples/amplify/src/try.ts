// Runs the front end under Node.js against the API at APPSYNC_URL, and prints a line of JSON for each
// thing that it shows. JOB is the ID in the address of a page that is reloaded, or several with spaces between them,
// EVERY the time between two reads in ms. The page throws when it has shown the text THROW. A line of
// standard input is the token of a user who signs in.
import { say } from './tryClient';
import { Hub } from 'aws-amplify/utils';
import { ask, show } from './chat';

Hub.listen('api', ({ payload }) => payload.event === 'Subscription ack' && say('subscribed')());
process.stdin.on('data', (token) => (process.env.TOKEN = String(token).trim())).unref();
process.on('uncaughtException', ({ message }) => say('uncaught')(message)); // a browser goes on, too
const throwing = (f: (...args: any[]) => unknown) => (text: string, ...rest: unknown[]) => {
  f(text, ...rest);
  if (text === process.env.THROW) throw new Error('a fault of the page');
};
const page = { showSpinner: throwing(say('spinner')), showResponse: throwing(say('response')), showError: throwing(say('error')), showTrouble: say('trouble') };
for (const id of process.env.JOB?.split(' ') ?? [await ask('What were sales last month?')]) {
  say('job')(id);
  show(id, page, Number(process.env.EVERY) || undefined);
}
