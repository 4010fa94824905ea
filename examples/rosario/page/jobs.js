// The questions that were asked in this browser. Each is kept under a key of its own, so
// that two tabs do not overwrite each other's. They outlive a login. A page with users needs the
// user's name in this prefix, and in the names of the channel and the lock in hub.js: else the
// next user of the browser sees the questions, and sends those that were not sent yet.
//
// key       of the request: the server makes one job for it, however often it is sent
// question  as it was asked
// asked     when, in ms
// id        of the job, once the server has it
// view      of the job, as last seen
// gone      true when the server no longer has the job
// refused   why the server took no job, in words
const prefix = 'rosario.job.', most = 50;
const loose = new Map(); // those that the browser does not store: they last as long as the tab
let kept = loose;

export function all() {
  try {
    const stored = Object.keys(localStorage).filter((k) => k.startsWith(prefix)).map((k) => parse(localStorage.getItem(k)));
    kept = new Map([...stored, ...loose.values()].filter(Boolean).map((job) => [job.key, merge(kept.get(job.key), job)]));
  } catch { kept = loose; /* storage is off */ }
  return [...kept.values()].sort((a, b) => b.asked - a.asked || (a.key < b.key ? 1 : -1));
}

// own is true of a question that the other tabs do not know.
export function own(key) { return loose.has(key); }

export function get(key) { return all().find((job) => job.key === key); }

export function ask(question) {
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  for (const old of all().filter((job) => !running(job)).slice(most - 1)) remove(old.key);
  const job = { key, question, asked: Date.now() };
  put(job);
  return job;
}

// change keeps what has changed of a job that is still there. A view that is older than
// the one at hand is dropped.
export function change(key, what, store = true) {
  const job = get(key);
  if (!job) return;
  const next = merge(job, { ...job, ...what });
  kept.set(key, next);
  if (store || loose.has(key)) put(next);
  return next;
}

export function remove(key) {
  kept.delete(key);
  loose.delete(key);
  try { localStorage.removeItem(prefix + key); } catch { /* as above */ }
}

export function running(job) {
  return !job.gone && !job.refused && !['complete', 'error'].includes(job.view?.status);
}

function put(job) {
  kept.set(job.key, job);
  try {
    localStorage.setItem(prefix + job.key, JSON.stringify(job));
    loose.delete(job.key);
  } catch { loose.set(job.key, job); /* storage is full or off */ }
}

// merge is job with the newest of both views.
function merge(old, job) {
  return old?.view && !(job.view?.version >= old.view.version) ? { ...job, view: old.view } : job;
}

function parse(text) {
  try {
    const job = JSON.parse(text);
    return typeof job?.key === 'string' && typeof job.question === 'string' ? job : undefined;
  } catch { return undefined; }
}
