// watchJob follows a job that the Go package jobhttp serves, in a browser or in Node.js. It
// calls onChange with each view of the job, and resolves to the last one, when the job is
// finished. It connects again after a failure, and after the end of a stream.
//
//   import { watchJob } from './watch.js';
//   const job = await watchJob('/jobs/' + id, { onChange: show });
//
// url       the job's URL, without a query. Give an ID that comes from outside to encodeURIComponent
// headers   sent with each request: an object or a Headers, or a function that returns one or a
//           promise of one. It is called for each connection, and so can fetch a new read token.
// onChange  gets the view of the job after each change
// onError   gets the error before each new try. Its status is that of the answer, if any.
// signal    an AbortSignal: watchJob rejects with its reason
// poll      true where responses cannot be streamed, as behind an HTTP API: polls with ?wait=
//
// It rejects when another try cannot help. The error's status is then 404 if there is no
// such job, or none for this caller, and 401 if the caller is not known.
//
// EventSource can be used instead, with a read token in the query or a cookie. It sends no
// headers, tells no status, and does not leave a silent connection.
export async function watchJob(url, { headers, onChange, onError, signal, poll = false } = {}) {
  if (/[?#\\]|(^|\/)(\.|%2e){0,2}$/i.test(url)) throw new TypeError('the URL is not that of a job');
  let view;
  for await (view of views(url, headers, poll ? polled : streamed, onError, signal)) onChange?.(view);
  return view;
}

const slowest = 30_000; // ms between two tries
const longest = 300_000; // ms that a Retry-After may ask for: setTimeout takes a very long time for none
const largest = 16 << 20; // UTF-16 units of an event or an answer that is read
const silence = 45_000; // ms until a connection is given up: the server writes every 15 s

async function* views(url, headers, connect, onError, signal) {
  for (let last, newest, failures = 0; ; failures++) {
    const attempt = new AbortController();
    const stop = () => attempt.abort(new Error(`nothing was received for ${silence / 1000} s`));
    let timer = setTimeout(stop, silence), wait = 0;
    const alive = () => { failures = -1; clearTimeout(timer); timer = setTimeout(stop, silence); };
    try {
      const sent = new Headers(typeof headers === 'function' ? await headers() : headers);
      const either = AbortSignal.any(signal ? [signal, attempt.signal] : [attempt.signal]);
      for await (const { id, view } of connect(url, sent, last, either, alive)) {
        const finished = view.status === 'complete' || view.status === 'error';
        last = id;
        if (!finished && newest && view.createdAt === newest.createdAt && view.version < newest.version) continue; // of a server that is behind
        yield newest = view;
        if (finished) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error.status === 204 && last) return; // the last view was received before
      if (error.status < 500 && ![408, 425, 429].includes(error.status)) throw error;
      wait = Math.min(1000 * error.retryAfter || 0, longest);
      onError?.(error);
    } finally {
      clearTimeout(timer);
      attempt.abort();
    }
    await sleep(Math.max(wait, Math.random() * Math.min(slowest, 1000 * 2 ** Math.max(failures, 0))), signal);
    signal?.throwIfAborted();
  }
}

// streamed reads server-sent events. One that was cut lacks its empty line, and is dropped.
async function* streamed(url, headers, last, signal, alive) {
  if (last) headers.set('Last-Event-ID', last);
  const response = await get(`${url}/events`, headers, signal);
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new Error('not a stream of events');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let pieces = [], size = 0, tail = '', chunk; !(chunk = await reader.read()).done; ) {
    alive();
    pieces.push(chunk.value);
    size += chunk.value.length;
    tail = tail.slice(-2) + chunk.value;
    if (/\n\r?\n/.test(tail)) {
      const events = pieces.join('').replaceAll('\r\n', '\n').split('\n\n');
      pieces = [events.pop()];
      size = pieces[0].length;
      for (const event of events) {
        const { id, data } = Object.fromEntries(event.split('\n').map((line) => line.split(/: ?(.*)/s)));
        if (data) yield { id, view: whole(JSON.parse(data)) };
      }
    }
    if (size > largest) throw Object.assign(new Error('the event is too long'), { status: 200 });
  }
}

// polled asks for the first view at once, and then for the next one.
async function* polled(url, headers, last, signal, alive) {
  if (last) headers.set('If-None-Match', last);
  const response = await get(last ? `${url}?wait=20s` : url, headers, signal);
  const view = response.status === 200 && whole(JSON.parse(await text(response)));
  alive();
  if (view) yield { id: response.headers.get('etag'), view };
}

async function text(response) {
  if (!response.body) return response.text(); // React Native
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const pieces = [];
  for (let size = 0, chunk; !(chunk = await reader.read()).done; pieces.push(chunk.value)) {
    size += chunk.value.length;
    if (size > largest) throw Object.assign(new Error('the answer is too long'), { status: 200 });
  }
  return pieces.join('');
}

// whole refuses what is no view of a job, such as the answer of a front on the way.
function whole(view) {
  const lacks = ['id', 'status'].find((name) => !view?.[name]);
  if (lacks) throw Object.assign(new Error(`the answer has no ${lacks} of a job`), { status: 200 });
  return view;
}

async function get(url, headers, signal) {
  const response = await fetch(url, { headers, signal, cache: 'no-store', redirect: 'error' });
  if (response.status === 200 || response.status === 304) return response;
  const retryAfter = response.headers.get('retry-after');
  throw Object.assign(new Error(`the server answered with status ${response.status}`), { status: response.status, retryAfter });
}

function sleep(ms, signal) {
  return new Promise((resolve) => {
    const done = () => { clearTimeout(timer); signal?.removeEventListener('abort', done); resolve(); };
    const timer = setTimeout(done, signal?.aborted ? 0 : ms);
    signal?.addEventListener('abort', done);
  });
}
