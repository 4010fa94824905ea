// The front end: submits a question and shows what becomes of it.
import { generateClient } from 'aws-amplify/data';
import type { Schema } from '../amplify/data/resource';

export interface Page {
  showSpinner(text: string): void;
  showResponse(text: string | null | undefined): void;
}

export async function ask({ showSpinner, showResponse }: Page) {
  const client = generateClient<Schema>();

  const { data, errors } = await client.mutations.submitQuery({
    query: "What were sales last month?",
    metadata: JSON.stringify({ sessionId: 'user-123' }) // AppSync takes AWSJSON as text only
  });
  if (!data) throw new Error(JSON.stringify(errors));

  console.log('Job created:', data.id); // Returns in < 1 second

  // Subscribe to real-time updates
  return client.models.QueryJob.observeQuery({
    filter: { id: { eq: data.id } },
    selectionSet: ['id', 'status', 'response'] // without it, the client asks for fields that no user may read
  }).subscribe({
    next: ({ items }) => {
      const job = items[0];
      if (job.status === 'processing') {
        showSpinner('Calling Claude API...');
      } else if (job.status === 'complete') {
        showResponse(job.response);
      }
    }
  });
}
