import { defineFunction } from '@aws-amplify/backend';

export const submitQueryFunction = defineFunction({
  name: 'submit-query',
  resourceGroupName: 'data'
});
