// The front end: submits a question and shows what becomes of it.
import { generateClient } from 'aws-amplify/data';
import type { Schema } from '../amplify/data/resource';

const client = generateClient<Schema>();

export interface Page {
  showSpinner(text: string): void;
  showResponse(text: string): void;
}

export async function ask(query: string, page: Page) {
  const { data } = await client.mutations.submitQuery({
    query,
    metadata: { sessionId: 'user-123' }
  });

  console.log('Job created:', data!.id); // Returns in < 1 second

  // Subscribe to real-time updates
  client.models.QueryJob.observeQuery({
    filter: { id: { eq: data!.id } }
  }).subscribe({
    next: ({ items }) => {
      const job = items[0];
      if (job.status === 'processing') {
        page.showSpinner('Calling Claude API...');
      } else if (job.status === 'complete') {
        page.showResponse(job.response!);
      }
    }
  });
}
