import { Duration } from 'aws-cdk-lib';
import { goFunction } from '../../go';

export const processQueryJob = goFunction('process-query-job', {
  timeout: Duration.minutes(15),
  environment: { CLAUDE_URL: 'https://claude.chinchilla-ai.com/query' },
});
