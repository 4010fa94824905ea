// amplify/functions/process-query-job/handler.ts
import type { DynamoDBStreamHandler } from 'aws-lambda';

export const handler: DynamoDBStreamHandler = async (event) => {
  for (const record of event.Records) {
    if (record.eventName === 'INSERT') {
      const job = record.dynamodb?.NewImage;

      // Only process pending jobs
      if (job.status?.S !== 'pending') continue;

      const jobId = job.id?.S;
      const query = job.query?.S;

      // Update to processing
      await client.models.QueryJob.update({
        id: jobId,
        status: 'processing'
      });

      // Call Claude API (takes 30-60+ seconds)
      const response = await fetch('https://claude.chinchilla-ai.com/query', {
        method: 'POST',
        body: JSON.stringify({ prompt: query }),
        signal: AbortSignal.timeout(270000) // 4.5 minute timeout
      });

      const data = await response.json();

      // Update with result
      await client.models.QueryJob.update({
        id: jobId,
        status: 'complete',
        response: data.claude_response
      });

      console.log('Job completed:', jobId);
    }
  }
};
