// Runs useJob in a page under Node.js, and prints a line of JSON for each text that the page shows and for
// each subscription that starts and stops. A line of standard input is the ID of the job that the page shows from
// then on, after "reload " on a new page, after "strict " on one in React's strict mode. With the end of the input the
// page goes.
import { PlainWebSocket, say } from './tryClient';
import { createInterface } from 'node:readline';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<div id="root"></div>');
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
const { send } = PlainWebSocket.prototype;
PlainWebSocket.prototype.send = function (data: any, ...rest: any[]) {
  const { type } = JSON.parse(data);
  if (type === 'start' || type === 'stop') say(type)();
  return (send as Function).call(this, data, ...rest);
};

// React looks for a page when it is imported.
const { createElement, StrictMode } = await import('react');
const { createRoot } = await import('react-dom/client');
const { useJob } = await import('./useJob');

function Question({ id }: { id?: string }) {
  const { job, gone, trouble } = useJob(id);
  const text = job?.canceled ? 'canceled' : (job?.error ?? job?.response ?? job?.progressMessage ?? job?.status);
  return createElement('p', null, `${id}: ${gone ? 'gone' : (text ?? 'loading')}${trouble ? ', connecting' : ''}`);
}

const page = window.document.getElementById('root')!;
const shows = () => page.textContent && say('shows')(page.textContent);
new window.MutationObserver(shows).observe(page, { childList: true, characterData: true, subtree: true });
let root = createRoot(page);
const show = (id?: string, parent: any = 'main') => root.render(createElement(parent, null, createElement(Question, { id })));
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [, how, id] = /^(reload |strict )?(.*)$/.exec(line)!;
  if (how) root.unmount(), (root = createRoot(page));
  show(id || undefined, how === 'strict ' ? StrictMode : undefined);
});
lines.on('close', () => root.unmount());
