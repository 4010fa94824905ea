import * as jobs from './jobs.js';
import * as hub from './hub.js';
import { showTimeline } from './timeline.js';
import { showThread, startSlack } from './slack.js';

const $ = (id) => document.getElementById(id);
const cards = new Map(); // key to element
let up, run, busy = false;

// ---- The questions

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const question = $('question').value.trim();
  $('question').focus();
  if (!question) return; // a second click, too
  $('question').value = '';
  ask(question);
});

$('samples').addEventListener('click', ({ target }) => {
  if (!target.dataset.question) return;
  $('question').value = target.dataset.question;
  $('question').focus();
});

function ask(question) {
  jobs.ask(question);
  say(`Asked: ${question}`);
  hub.tell();
}

function show() {
  const list = jobs.all();
  for (const [key, card] of cards) if (!list.some((job) => job.key === key)) { card.remove(); cards.delete(key); }
  for (const [n, job] of list.entries()) {
    const card = cards.get(job.key) ?? newCard(job);
    if ($('jobs').children[n] !== card) $('jobs').insertBefore(card, $('jobs').children[n] ?? null);
    fill(card, job);
  }
  $('empty').hidden = list.length > 0;
  busy = list.some(jobs.running);
}

function newCard(job) {
  const card = $('card').content.firstElementChild.cloneNode(true);
  card.querySelector('h3').textContent = job.question;
  card.dataset.key = job.key;
  card.setAttribute('aria-label', job.question);
  card.querySelector('progress').setAttribute('aria-label', `Progress of: ${job.question}`);
  for (const button of card.querySelectorAll('button')) {
    button.setAttribute('aria-label', `${button.textContent}: ${job.question}`);
    button.addEventListener('click', () => act[button.dataset.do](job.key, card));
  }
  cards.set(job.key, card);
  return card;
}

function fill(card, job) {
  const running = jobs.running(job), view = job.view ?? {}, state = stateOf(job, view);
  text(card.querySelector('.badge'), state.label);
  card.querySelector('.badge').className = `badge ${state.name}`;
  const answer = card.querySelector('.answer');
  text(answer, state.text);
  answer.className = `answer ${state.name === 'error' ? 'error' : running && view.output ? 'growing' : ''}`;
  card.setAttribute('aria-busy', running);
  card.querySelector('.bar').hidden = !running;
  const bar = card.querySelector('progress');
  if (view.status === 'processing') bar.value = view.progress; else bar.removeAttribute('value');
  text(card.querySelector('.what'), running ? state.what : '');
  elapsed(card, job);
  const focused = card.contains(document.activeElement) && document.activeElement !== card;
  const shown = { cancel: running && job.id, retry: view.status === 'error' && !view.canceled && !job.gone, again: job.gone || job.refused || view.canceled, remove: !running || !job.id };
  for (const button of card.querySelectorAll('button')) button.hidden = !shown[button.dataset.do];
  if (focused && document.activeElement === document.body) card.focus(); // its button has gone
  if (card.dataset.state && card.dataset.state !== state.name && !running) say(`${state.label}: ${job.question}. ${state.text}`);
  card.dataset.state = state.name;
}

// stateOf is what a card says of a job.
function stateOf(job, view) {
  if (job.gone) return { name: 'error', label: 'Lost', text: view.status === 'complete' ? view.output : 'The server no longer has this question. It was started again without its jobs, or the job has expired.' };
  if (job.refused) return { name: 'error', label: 'Not taken', text: job.refused };
  switch (view.status) {
    case 'complete': return { name: 'complete', label: 'Answered', text: view.output ?? '' };
    case 'error': return view.canceled ? { name: 'canceled', label: 'Canceled', text: view.output ?? '' }
      : { name: 'error', label: 'Failed', text: view.error || 'The question could not be answered.' };
    case 'processing': return { name: 'processing', label: `${view.progress} %`, text: view.output ?? '', what: view.progressMessage || 'working' };
    case 'pending': return view.error ? { name: 'waiting', label: 'Waiting', text: '', what: `${view.error} It is asked again soon.` }
      : { name: 'pending', label: 'Queued', text: '', what: 'waiting for a worker' };
  }
  return { name: 'waiting', label: 'Not sent yet', text: '', what: up === false ? 'It is sent when the server answers.' : 'sending' };
}

function elapsed(card, job) {
  const { view } = job;
  let ms = Date.now() - job.asked;
  if (!jobs.running(job)) ms = view ? Date.parse(view.updatedAt) - Date.parse(view.createdAt) : 0;
  text(card.querySelector('.elapsed'), ms > 0 ? `${(ms / 1000).toFixed(1)} s` : '');
}

setInterval(() => {
  for (const job of jobs.all()) if (cards.has(job.key) && jobs.running(job)) elapsed(cards.get(job.key), job);
}, 100);

// ---- What one can do with a question

const act = {
  cancel: (key, card) => post(key, card, '', { method: 'DELETE' }),
  retry: (key, card) => post(key, card, '/retry', { method: 'POST' }),
  again(key) {
    const job = jobs.get(key);
    if (!job) return; // a second click
    jobs.remove(key);
    ask(job.question);
    $('question').focus();
  },
  remove(key) {
    jobs.remove(key);
    hub.tell();
    $('question').focus();
  },
};

async function post(key, card, path, options) {
  const job = jobs.get(key), buttons = card.querySelectorAll('button');
  card.focus(); // the button goes
  for (const b of buttons) b.disabled = true;
  const answer = await hub.call(`/jobs/${job.id}${path}`, undefined, options);
  for (const b of buttons) b.disabled = false;
  if (answer?.ok) jobs.change(key, { view: await answer.json() });
  else if (answer?.status === 404) jobs.change(key, { gone: true });
  else if (!answer) say('The server does not answer. Try again when it is back.');
  else if (path) say(await answer.text());
  hub.tell();
}

// ---- The server

// server says whether it answers. When it is back, what waits for it goes on at once.
function server(answers) {
  if (up === answers) return;
  const back = up === false && answers;
  up = answers;
  $('server').className = `server ${up ? 'up' : 'down'}`;
  text($('server'), up ? 'Connected' : 'The server does not answer. Trying again…');
  if (back) hub.reconnect();
  show();
}

async function poll() {
  if (document.visibilityState === 'visible') {
    const answer = await hub.call('/state');
    const state = answer?.ok && await answer.json().catch(() => undefined);
    if (state) {
      if (run && run !== state.run) { say('The server was started again.'); hub.reconnect(); }
      run = state.run;
      text($('server'), `Connected, jobs in ${state.where}`);
      busy = showThread(state) || busy;
      showTimeline(state);
    }
  }
  setTimeout(poll, up && busy ? 300 : 1000);
}

function text(element, value) { if (element.textContent !== value) element.textContent = value; }

// say has a screen reader speak.
function say(what) { $('news').textContent = what; }

startSlack();
hub.start(show, server);
show();
poll();
