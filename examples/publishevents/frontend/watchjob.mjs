// Follows a job, with Amplify's client for AppSync Events.
import { events } from 'aws-amplify/data';
import { Hub } from 'aws-amplify/utils';

// watchJob calls onChange with each newer view of a job, and resolves to its last one.
//
// channel   the job's channel, see path below
// get       returns a promise of the job as GET shows it, or rejects with an error that has
//           the status of the answer, if there was one
// onChange  gets a view
// signal    an AbortSignal, with whose reason watchJob rejects; may be missing
//
// It rejects if the channel is denied, GET is, or onChange throws. A connection that fails is made again, and GET shows the
// job meanwhile. After a lost connection, Amplify's client subscribes again, and watchJob gets the job: what was
// published meanwhile is not sent again.
export async function watchJob(channel, get, onChange, signal) {
  signal?.throwIfAborted();
  let seen = '', over = false, timer, retry, stop, leave, connection, subscription;
  try {
    return await new Promise((resolve, reject) => {
      const show = (view) => {
        if (over) return; // a GET was under way
        if (view.omitted) return refresh(); // it was too large to publish
        if (view.version <= seen) return;
        seen = view.version;
        try {
          onChange(view);
        } catch (error) {
          return reject(error);
        }
        if (view.status === 'complete' || view.status === 'error') resolve(view);
      };
      const again = (error) => {
        if (over) return;
        if (error.status >= 400 && error.status < 500 && error.status !== 429) return reject(error);
        timer = setTimeout(refresh, 2000);
      };
      const refresh = () => {
        clearTimeout(timer);
        get().then(show).catch(again);
      };
      // Amplify's client gives up a first connection after six tries within seven seconds.
      const connect = async (wait) => {
        try {
          connection = await events.connect(channel);
          if (over) return connection.close(); // while it connected
          subscription = connection.subscribe({ next: ({ event }) => show(event), error: reject });
        } catch (error) {
          if (over) return;
          if (error.nonRetryable) return reject(error); // denied
          refresh();
          retry = setTimeout(connect, wait * (0.5 + Math.random() / 2), Math.min(2 * wait, 60_000));
        }
      };
      stop = Hub.listen('api', ({ payload: { event, data } }) => {
        if (event === 'Subscription ack' && data.query === channel) refresh();
      });
      leave = () => reject(signal.reason);
      signal?.addEventListener('abort', leave);
      connect(2000);
    });
  } finally {
    over = true;
    stop?.();
    signal?.removeEventListener('abort', leave); // a page may watch many jobs with one signal
    clearTimeout(timer);
    clearTimeout(retry);
    subscription?.unsubscribe();
    connection?.close();
  }
}

// path returns the channel of a caller's job, as jobevents.Path does.
export async function path(...texts) {
  return '/jobs/' + (await Promise.all(texts.map(segment))).join('/');
}

async function segment(text) {
  if (/^[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/.test(text) && !/^h-[0-9a-f]{48}$/.test(text)) return text;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return 'h-' + [...new Uint8Array(hash, 0, 24)].map((b) => b.toString(16).padStart(2, '0')).join('');
}
