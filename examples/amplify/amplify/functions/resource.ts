import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineFunction } from '@aws-amplify/backend';
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';

// go defines a Go program as a function in the stack of the data: in a stack of its
// own it and the table's stack would need each other, and nothing would deploy.
const go = (name: string, program: string, timeout: Duration) => {
  const dir = fileURLToPath(new URL(program, import.meta.url));
  const build = (out: string) => {
    execFileSync('go', ['build', '-tags', 'lambda.norpc', '-trimpath', '-o', `${out}/bootstrap`, '.'], {
      cwd: dir,
      env: { ...process.env, GOOS: 'linux', GOARCH: 'arm64', CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return true;
  };
  return defineFunction(
    (scope) =>
      new Function(scope, name, {
        runtime: Runtime.PROVIDED_AL2023,
        architecture: Architecture.ARM_64,
        handler: 'bootstrap',
        timeout,
        memorySize: 256,
        code: Code.fromAsset(dir, {
          assetHashType: AssetHashType.OUTPUT, // of the program: the folder is not all that it is built of
          bundling: { image: DockerImage.fromRegistry('unused'), local: { tryBundle: build } },
        }),
      }),
    { resourceGroupName: 'data' },
  );
};

export const submitQuery = go('submit-query', '../../../submitquery', Duration.seconds(10));
export const processQueryJob = go('process-query-job', '../../../processqueryjob', Duration.minutes(15));
