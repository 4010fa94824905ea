// The front end: submits a question and shows what becomes of it.
import { generateClient } from 'aws-amplify/data';
import type { Schema } from '../amplify/data/resource';
import { watchJob, type Job } from './job';

export interface Page {
  showSpinner(text: string): void;
  showResponse(text: string, done: boolean): void;
  showError(text: string): void;
  showTrouble(text: string): void; // until something else is shown
}

// ask returns the job's ID. Keep it in the page's address, so that show finds the job after a reload.
export async function ask(query: string): Promise<string> {
  const { data, errors } = await generateClient<Schema>().mutations.submitQuery({
    query,
    metadata: JSON.stringify({ sessionId: 'user-123' }), // AppSync takes AWSJSON as text only
  });
  if (!data) throw new Error(errors?.[0]?.message ?? 'the question was not submitted');
  return data.id; // returns in less than a second
}

// show returns a function that ends the watch.
export function show(id: string, page: Page, every?: number): () => void {
  const watcher = {
    onChange: (job: Job) => showJob(job, page),
    onGone: () => page.showError('This question does not exist any more.'),
    onTrouble: () => page.showTrouble('Connecting …'),
  };
  return watchJob(id, watcher, every);
}

function showJob({ status, canceled, response, error, progressMessage }: Job, page: Page) {
  if (canceled) page.showError('Canceled.');
  else if (status === 'error') page.showError(error ?? 'Something went wrong.');
  else if (response || status === 'complete') page.showResponse(response ?? '', status === 'complete');
  else page.showSpinner(progressMessage ?? (status === 'processing' ? 'Working …' : 'Waiting …'));
}
