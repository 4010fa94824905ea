// Watches a job with the browser's client that jobhttp serves. The arguments are the
// client's URL, the job's, and a JSON object with options. It prints what it is told, a line
// of JSON each.
const [script, url, json] = process.argv.slice(2);
const { headers, counted, poll, abortAfter, failIn, faster = 1, suffix = "" } = JSON.parse(json);
const source = await (await fetch(script)).text();
const { watchJob } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const print = (line) => console.log(JSON.stringify(line));
const stopped = new AbortController();
let views = 0, connections = 0;
const { setTimeout } = globalThis;
globalThis.setTimeout = (call, ms, ...args) => setTimeout(call, [45_000, 300_000].includes(ms) ? ms / faster : ms, ...args);
Math.random = () => 0.01; // of the longest pause before another try

function onChange(view) {
  print({ view });
  if (++views === abortAfter) stopped.abort(new Error("enough"));
  if (failIn === "onChange") throw new Error("the page failed");
}

function onError(error) {
  print({ failure: error.message, status: error.status });
  if (failIn === "onError") stopped.abort(new Error("enough"));
}

const each = () => Promise.resolve({ ...headers, "X-Count": `${++connections}` });

try {
  const last = await watchJob(url + suffix, { headers: counted ? each : headers, onChange, onError, signal: stopped.signal, poll });
  print({ last });
} catch (error) {
  print({ rejected: error.message, status: error.status });
}
