// Shows what becomes of a job. Copy this file into your front end.
import { generateClient, type SelectionSet } from 'aws-amplify/data';
import { Hub } from 'aws-amplify/utils';
import type { Schema } from '../amplify/data/resource';

// What a user may read. Without this list the client asks for all fields, and gets errors.
const selectionSet = [
  'id', 'status', 'response', 'error', 'canceled', 'progress', 'progressMessage', 'attempt', 'updatedAt',
] as const;

export type Job = SelectionSet<Schema['QueryJob']['type'], typeof selectionSet>;

export interface Watcher {
  onChange(job: Job): void; // each newer state, and after trouble the newest again; the last one has ended
  onGone(): void; // the job does not exist, or is another user's
  onTrouble(error: unknown): void; // such as no network; the watch goes on
}

export const hasEnded = ({ status }: Job) => status === 'complete' || status === 'error';

// True of the event of an end whose mutation has not selected all that a page shows of it.
const endsWithoutAnswer = ({ status, response, error, canceled }: Job) =>
  status === 'complete' ? response == null : status === 'error' && (error == null || canceled == null);

// An event of a running job whose mutation has not selected the partial output leaves what is shown.
const withPartial = (job: Job, shown?: Job): Job =>
  job.status === 'processing' && shown?.status === 'processing' && job.attempt === shown.attempt ? { ...job, response: job.response ?? shown.response } : job;

// What the client says of a subscription that begins, of any on the page.
type Ack = { variables?: { filter?: { id?: { eq?: string } } } };

const time = ({ updatedAt }: Job) => (updatedAt ? Date.parse(updatedAt) : 0);

// Negative if a is older. An attempt's writes mostly have the times of one clock, later attempts of another.
const compare = (a: Job, b: Job) => (a.attempt ?? 0) - (b.attempt ?? 0) || time(a) - time(b);

// watchJob calls the watcher until the job has ended, and returns a function that ends it sooner.
// It subscribes to the job by its ID, and reads the job whenever a subscription begins, since AppSync
// keeps no events for those who are not connected. The reads in between are for events that were lost.
export function watchJob(id: string, { onChange, onGone, onTrouble }: Watcher, every = 20_000): () => void {
  const jobs = generateClient<Schema>().models.QueryJob;
  const stale = Math.min(every, 5_000); // what a read finds is never so old
  let newest: Job | undefined;
  let shown = 0; // when that was
  let missing: number | undefined; // since when reads find no job: the first ones may be stale
  let stopped = false;
  let troubled = false; // since the last onChange
  let ending = 0; // until when reads may be stale, after the event of an end without its answer
  let closed = false; // since the subscription began: the client may end it without an error, as without a user
  let subscription = { unsubscribe() {} };
  let retry: ReturnType<typeof setTimeout>;
  let soon: ReturnType<typeof setTimeout>;

  // since is when the read began that found the job. One that began late enough finds what is true, whatever
  // the job's times say: its writers may have different clocks.
  const show = (job: Job, since = 0) => {
    missing = undefined;
    const older = newest && compare(job, newest) < 0 && since - shown < stale;
    const same = !troubled && JSON.stringify(job) === JSON.stringify(newest);
    if (stopped || older || same) return;
    troubled = false;
    shown = Date.now();
    if (hasEnded((newest = job))) stop();
    onChange(job);
  };
  const read = async () => {
    const began = Date.now();
    let found: Job | null | undefined; // null: there is none
    try {
      const { data, errors } = await jobs.get({ id }, { selectionSet });
      if (!data && errors?.some((e) => (e as { errorType?: string }).errorType !== 'Unauthorized')) throw errors[0];
      found = data ?? null;
    } catch (error) {
      trouble(error);
    }
    if (Date.now() < ending) readSoon();
    if (found) show(found, began); // what the watcher throws is the page's
    else if (found === null && !stopped) gone();
  };
  const readSoon = () => {
    clearTimeout(soon);
    if (!stopped) soon = setTimeout(read, 1_000);
  };
  const trouble = (error: unknown) => {
    if (stopped) return;
    troubled = true;
    onTrouble(error);
  };
  const gone = () => {
    if (Date.now() - (missing ??= Date.now()) < 5_000) return readSoon();
    stop();
    onGone();
  };
  const subscribe = () => {
    subscription = jobs.onUpdate({ filter: { id: { eq: id } }, selectionSet }).subscribe({
      next: (job) => {
        if (job?.updatedAt && !endsWithoutAnswer(job)) return show(withPartial(job, newest));
        if (job && hasEnded(job)) ending = Date.now() + 5_000;
        read(); // its mutation has not selected all
      },
      error: (error) => {
        if (stopped) return;
        trouble(error);
        retry = setTimeout(again, 5_000);
      },
    });
  };
  const again = () => {
    clearTimeout(retry);
    subscription.unsubscribe();
    subscribe();
  };
  const unlisten = Hub.listen('api', ({ payload }) => {
    const { connectionState } = (payload.data ?? {}) as { connectionState?: string };
    if (payload.event === 'Subscription ack' && (payload.data as Ack).variables?.filter?.id?.eq === id) (closed = false), read();
    if (connectionState === 'ConnectionDisrupted') trouble(new Error('disconnected'));
    if (connectionState === 'Disconnected') closed = true;
  });
  const timer = setInterval(() => {
    if (closed) again();
    read();
  }, every);
  const stop = () => {
    stopped = true;
    unlisten(), clearInterval(timer), clearTimeout(retry), clearTimeout(soon);
    subscription.unsubscribe();
  };
  subscribe();
  read();
  return stop;
}
