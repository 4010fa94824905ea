// amplify/functions/submit-query/handler.ts
import { generateClient } from 'aws-amplify/data';
import type { Schema } from '../../data/resource';

const client = generateClient<Schema>({ authMode: 'iam' });

export const handler: Schema["submitQuery"]["functionHandler"] = async (event) => {
  const { query, metadata } = event.arguments;

  // Create job record - DynamoDB Stream will trigger processor automatically!
  const { data: job } = await client.models.QueryJob.create({
    query,
    status: 'pending',
    createdAt: new Date().toISOString(),
    metadata: JSON.stringify(metadata || {})
  });

  return job; // Returns immediately
};
