import { defineFunction } from '@aws-amplify/backend';

export const processQueryJob = defineFunction({
  name: 'process-query-job',
  timeoutSeconds: 300,
  resourceGroupName: 'data'
});
