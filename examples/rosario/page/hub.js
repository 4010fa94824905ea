// One tab sends the questions and watches the jobs for all tabs: a browser has six
// connections to a server over HTTP/1.1, and seven tabs would use up all of them.
import { watchJob } from './watch.js';
import * as jobs from './jobs.js';

const streams = 3; // that are open at once; further jobs are asked for each second
const channel = new BroadcastChannel('rosario');
const following = new Map(); // key to AbortController
let leads = false, open = 0, changed = () => {}, said = () => {};

// start calls onChange when a job has changed, and onServer with whether the server answers.
export function start(onChange, onServer) {
  [changed, said] = [onChange, onServer];
  channel.onmessage = ({ data }) => {
    if (data.key) jobs.change(data.key, { view: data.view }, false);
    if (data.hello && leads) for (const job of jobs.all()) if (job.view) channel.postMessage({ key: job.key, view: job.view });
    if (data.again) again();
    refresh();
    changed();
  };
  addEventListener('storage', () => { refresh(); changed(); });
  candidate();
  addEventListener('pageshow', ({ persisted }) => { if (persisted) candidate(); });
  channel.postMessage({ hello: true });
}

// candidate has this tab lead once no other does, until it is closed or left. A tab that was
// left may be kept for the way back, and must not go on leading.
function candidate() {
  const lead = () => {
    leads = true;
    refresh();
    return new Promise((left) => addEventListener('pagehide', () => { leads = false; again(); left(); }, { once: true }));
  };
  if (!navigator.locks) return lead();
  navigator.locks.request('rosario', lead).catch(lead); // it is refused where storage is off
}

// refresh follows what has begun, and leaves what was removed. A tab follows itself what it
// cannot store for the tab that leads.
export function refresh() {
  const running = jobs.all().filter((job) => jobs.running(job) && (leads || jobs.own(job.key)));
  for (const job of running.reverse()) if (!following.has(job.key)) follow(job);
  for (const [key, stop] of following) if (!running.some((job) => job.key === key)) stop.abort();
}

// tell shows a change of this tab to all tabs.
export function tell() { channel.postMessage({}); refresh(); changed(); }

// reconnect makes the tab that leads connect at once, when the server is back.
export function reconnect() { channel.postMessage({ again: true }); again(); }

function again() {
  for (const stop of following.values()) stop.abort();
}

async function follow(job) {
  const stop = new AbortController();
  following.set(job.key, stop);
  try {
    const id = job.id ?? await send(job, stop.signal);
    if (id) await watch(job.key, `/jobs/${id}`, stop.signal);
  } catch (error) {
    if (error.status === 404) jobs.change(job.key, { gone: true });
    else if (error.status) jobs.change(job.key, { refused: `The server does not show the job (status ${error.status}).` });
  }
  following.delete(job.key);
  tell();
}

// send asks until the server has taken the question, and returns the ID of its job.
async function send({ key, question }, signal) {
  for (let wait = 500; ; wait = Math.min(2 * wait, 5000)) {
    const answer = await call('/jobs/', signal, {
      method: 'POST', body: JSON.stringify(question), headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    });
    if (answer?.status === 202) return see(key, await answer.json()).id;
    if (answer?.status === 413) return void jobs.change(key, { refused: 'The question is too long.' });
    if (answer?.status >= 400 && answer.status < 500 && answer.status !== 429) {
      return void jobs.change(key, { refused: `The server did not take the question (status ${answer.status}).` });
    }
    await sleep(wait, signal);
  }
}

async function watch(key, url, signal) {
  const onChange = (view) => { said(true); see(key, view); };
  const onError = (error) => { if (!error.status) said(false); };
  while (open >= streams) {
    const answer = await call(url, signal);
    if (answer?.status === 404) throw Object.assign(new Error('no such job'), { status: 404 });
    if (answer?.ok && !jobs.running({ view: see(key, await answer.json()).view })) return;
    await sleep(1000, signal);
  }
  open++;
  try { await watchJob(url, { onChange, onError, signal }); } finally { open--; }
}

// see keeps a view, and stores the first and the last.
function see(key, view) {
  const job = jobs.get(key);
  const next = jobs.change(key, { id: view.id, view }, !job?.id || !jobs.running({ view })) ?? { id: view.id, view };
  channel.postMessage({ key, view });
  changed();
  return next;
}

// call returns the response, or undefined when the server did not answer.
export async function call(url, signal, options = {}) {
  const limit = AbortSignal.timeout(10_000);
  try {
    const answer = await fetch(url, { cache: 'no-store', ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    said(true);
    return answer;
  } catch {
    signal?.throwIfAborted();
    said(false);
  }
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const leave = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal.removeEventListener('abort', leave); resolve(); }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
