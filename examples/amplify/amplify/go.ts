// Functions in Go for an Amplify back end. Copy this file into the folder amplify.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineFunction } from '@aws-amplify/backend';
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib';
import { Architecture, Code, Function, Runtime, type FunctionProps } from 'aws-cdk-lib/aws-lambda';

// goFunction defines the Go program in amplify/functions/NAME as the function NAME. Set timeout,
// memorySize, environment and all else in props: of its own options, Amplify supports only the group
// for a custom function. Calls that the schema's allow.resource(...) lets it make get their IAM policy there.
//
// Source: https://docs.amplify.aws/react/build-a-backend/functions/custom-functions/
export function goFunction(name: string, props: Partial<FunctionProps> = {}) {
  const folder = fileURLToPath(new URL(`./functions/${name}`, import.meta.url));
  const define = (scope: ConstructorParameters<typeof Function>[0]) =>
    new Function(scope, name, {
      runtime: Runtime.PROVIDED_AL2023,
      architecture: Architecture.ARM_64,
      handler: 'bootstrap',
      memorySize: 256,
      timeout: Duration.seconds(10),
      code: Code.fromAsset(folder, {
        assetHashType: AssetHashType.OUTPUT, // of the program: the folder is not all that it is built of
        bundling: { image: DockerImage.fromRegistry('unused'), local: { tryBundle: (out) => build(folder, out) } },
      }),
      ...props,
    });
  // The group is the stack of the data: in a stack of its own the function and the table's
  // stack would need each other, and nothing would deploy.
  return defineFunction(define, { resourceGroupName: 'data' });
}

// build needs Go on the machine that deploys, and no Docker.
function build(folder: string, out: string) {
  execFileSync('go', ['build', '-tags', 'lambda.norpc', '-trimpath', '-ldflags', '-s -w', '-o', `${out}/bootstrap`, '.'], {
    cwd: folder,
    env: { ...process.env, GOOS: 'linux', GOARCH: 'arm64', CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return true;
}
