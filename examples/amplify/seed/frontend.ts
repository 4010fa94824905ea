// Frontend
const { data } = await client.mutations.submitQuery({
  query: "What were sales last month?",
  metadata: { sessionId: 'user-123' }
});

console.log('Job created:', data.id); // Returns in < 1 second

// Subscribe to real-time updates
client.models.QueryJob.observeQuery({
  filter: { id: { eq: data.id } }
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
