// The questions that were asked in this browser. Each is kept under a key of its own, so
// that two tabs do not overwrite each other's.
//
// key       of the request: the server makes one job for it, however often it is sent
// question  as it was asked
// asked     when, in ms
// id        of the job, once the server has it
// view      of the job, as last seen
// gone      true when the server no longer has the job
// refused   why the server took no job, in words
const prefix = 'rosario.job.', most = 50;
let kept = new Map(); // the same, for a browser that stores nothing

export function all() {
  try {
    kept = new Map(Object.keys(localStorage).filter((k) => k.startsWith(prefix)).flatMap((k) => {
      const job = parse(localStorage.getItem(k));
      return job ? [[job.key, merge(kept.get(job.key), job)]] : [];
    }));
  } catch { /* storage is off: the questions last as long as the tab */ }
  return [...kept.values()].sort((a, b) => b.asked - a.asked || (a.key < b.key ? 1 : -1));
}

export function get(key) { return all().find((job) => job.key === key); }

export function ask(question) {
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  for (const old of all().slice(most - 1)) remove(old.key);
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
  if (store) put(next);
  return next;
}

export function remove(key) {
  kept.delete(key);
  try { localStorage.removeItem(prefix + key); } catch { /* as above */ }
}

export function running(job) {
  return !job.gone && !job.refused && !['complete', 'error'].includes(job.view?.status);
}

function put(job) {
  kept.set(job.key, job);
  try { localStorage.setItem(prefix + job.key, JSON.stringify(job)); } catch { /* as above */ }
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
