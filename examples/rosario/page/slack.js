import { call } from './hub.js';

const $ = (id) => document.getElementById(id);

export function startSlack() {
  $('say').addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = $('say').querySelector('button'), message = $('message').value.trim();
    if (!message || button.disabled) return;
    button.disabled = true;
    const began = performance.now();
    const answer = await call('/say', undefined, { method: 'POST', body: JSON.stringify(message), headers: { 'Content-Type': 'application/json' } });
    $('said').textContent = !answer ? 'The server does not answer. The message was not sent.'
      : answer.ok ? `Slack got its 200 after ${Math.round(performance.now() - began)} ms.` : await answer.text();
    if (answer?.ok) $('message').value = '';
    button.disabled = false;
    if (document.activeElement === document.body) $('message').focus(); // unless the person went on elsewhere
  });
}

// showThread shows the messages, and returns true while one waits for its answer.
export function showThread({ thread }) {
  const asked = thread.filter((m) => m.id).length, waits = thread.length < 2 * asked;
  const shown = waits ? [...thread, { from: 'Rosario', text: 'is writing…', writing: true }] : thread;
  const version = JSON.stringify(shown), list = $('thread');
  if (list.dataset.version === version) return waits;
  list.dataset.version = version;
  list.replaceChildren(...shown.map(message));
  list.scrollTop = list.scrollHeight;
  return waits;
}

function message({ from, text, writing }) {
  const li = document.createElement('li');
  li.className = from === 'you' ? 'you' : 'bot';
  for (const [tag, name, value] of [['span', 'who', from[0].toUpperCase()], ['b', '', from], ['p', writing ? 'writing' : '', text]]) {
    const part = li.appendChild(document.createElement(tag));
    part.className = name;
    part.textContent = value;
    part.dir = 'auto';
  }
  li.firstChild.ariaHidden = 'true';
  return li;
}
