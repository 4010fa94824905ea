// Shows what becomes of a job. Copy this file into your front end.
import { generateClient, type SelectionSet } from 'aws-amplify/data';
import { Hub } from 'aws-amplify/utils';
import type { Schema } from '../amplify/data/resource';

// What a user may read. Without this list the client asks for all fields, and gets errors.
const selectionSet = [
  'id', 'status', 'response', 'error', 'canceled', 'progress', 'progressMessage', 'attempt', 'createdAt', 'updatedAt',
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

// What the client says of a subscription that begins, of any on the page.
type Ack = { variables?: { filter?: { id?: { eq?: string } } } };

// Negative if a is older. An attempt's writes have the times of one clock, later attempts of another.
const compare = (a: Job, b: Job) =>
  (a.attempt ?? 0) - (b.attempt ?? 0) || Date.parse(a.updatedAt ?? a.createdAt) - Date.parse(b.updatedAt ?? b.createdAt);

// watchJob calls the watcher until the job has ended, and returns a function that ends it sooner.
// It subscribes to the job by its ID, and reads the job whenever a subscription begins, since AppSync
// keeps no events for those who are not connected. The reads in between are for events that were lost.
export function watchJob(id: string, { onChange, onGone, onTrouble }: Watcher, every = 20_000): () => void {
  const jobs = generateClient<Schema>().models.QueryJob;
  let newest: Job | undefined;
  let missing: number | undefined; // since when reads find no job: the first ones may be stale
  let stopped = false;
  let troubled = false; // since the last onChange
  let ending = 0; // until when reads may be stale, after the event of an end without its answer
  let subscription = { unsubscribe() {} };
  let retry: ReturnType<typeof setTimeout>;
  let soon: ReturnType<typeof setTimeout>;

  const show = (job: Job) => {
    missing = undefined;
    if (stopped || (newest && (compare(job, newest) < 0 || (!troubled && JSON.stringify(job) === JSON.stringify(newest))))) return;
    troubled = false;
    if (hasEnded((newest = job))) stop();
    onChange(job);
  };
  const read = async () => {
    try {
      const { data, errors } = await jobs.get({ id }, { selectionSet });
      if (data) show(data);
      else if (errors?.some((e) => (e as { errorType?: string }).errorType !== 'Unauthorized')) throw errors[0];
      else if (!stopped) gone();
    } catch (error) {
      trouble(error);
    }
    if (Date.now() < ending) readSoon();
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
        if (job?.updatedAt && !endsWithoutAnswer(job)) return show(job);
        if (job && hasEnded(job)) ending = Date.now() + 5_000;
        read(); // its mutation has not selected all
      },
      error: (error) => {
        if (stopped) return;
        trouble(error);
        retry = setTimeout(subscribe, 5_000);
      },
    });
  };
  const unlisten = Hub.listen('api', ({ payload }) => {
    if (payload.event === 'Subscription ack' && (payload.data as Ack).variables?.filter?.id?.eq === id) read();
    if ((payload.data as { connectionState?: string })?.connectionState === 'ConnectionDisrupted') trouble(new Error('disconnected'));
  });
  const timer = setInterval(read, every);
  const stop = () => {
    stopped = true;
    unlisten(), clearInterval(timer), clearTimeout(retry), clearTimeout(soon);
    subscription.unsubscribe();
  };
  subscribe();
  read();
  return stop;
}
