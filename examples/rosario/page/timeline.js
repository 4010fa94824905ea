const span = 30; // seconds that are shown
const names = { stream: 'started by the table stream', event: 'started by an asynchronous event', request: 'started by a request' };

// showTimeline draws a lane for each function and what started it, and a bar for each
// invocation.
export function showTimeline({ now, timeline }) {
  const lanes = new Map(['processqueryjob stream', 'processqueryjob event', 'slackwebhook request', 'slackanswer event'].map((name) => [name, []]));
  for (const run of timeline) {
    const name = `${run.function} ${run.trigger}`;
    (lanes.get(name) ?? lanes.set(name, []).get(name)).push(run);
  }
  document.getElementById('lanes').replaceChildren(...[...lanes].flatMap(([name, runs]) => [label(name), lane(runs, now)]));
  const list = document.getElementById('runs');
  if (list.closest('details').open) list.replaceChildren(...timeline.slice(-15).reverse().map((run) => line(run, now)));
}

function label(name) {
  const element = document.createElement('span');
  const [program, trigger] = name.split(' ');
  element.textContent = program;
  const small = element.appendChild(document.createElement('small'));
  small.textContent = { stream: 'table stream', event: 'asynchronous event', request: 'HTTP request' }[trigger];
  return element;
}

// lane puts bars that overlap into rows, each bar into the first that is free.
function lane(runs, now) {
  const element = document.createElement('div'), free = [];
  element.className = 'lane';
  for (const run of runs) {
    const start = Math.max(run.start, now - span), end = run.end || now;
    let row = free.findIndex((until) => until <= start);
    if (row < 0) row = free.length;
    free[row] = Math.max(end, start + span / 150);
    const bar = element.appendChild(document.createElement('i'));
    bar.className = run.failed ? 'failed' : run.trigger;
    bar.title = describe(run, now);
    bar.style.left = `${(1 - (now - start) / span) * 100}%`;
    bar.style.width = `${(end - start) / span * 100}%`;
    bar.style.top = `${.3 + row * .9}rem`;
  }
  element.style.height = `${Math.max(1, free.length) * .9 + .4}rem`;
  return element;
}

function line(run, now) {
  const element = document.createElement('li');
  element.textContent = describe(run, now);
  return element;
}

function describe(run, now) {
  const took = (run.end || now) - run.start;
  const outcome = !run.end ? `runs for ${took.toFixed(1)} s` : run.failed ? `failed after ${took.toFixed(3)} s` : `took ${took.toFixed(3)} s`;
  return `${run.start.toFixed(1)} s: ${run.function} ${outcome}, ${names[run.trigger]}`;
}
