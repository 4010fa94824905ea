// Calls Lambda with the AWS SDK for JavaScript. Each line of the standard input is a
// call: {"operation": "Invoke", "input": {…}}. Each line of the output is its result,
// or one event of its stream.
import { createInterface } from "node:readline";
import { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } from "@aws-sdk/client-lambda";

const client = new LambdaClient({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  maxAttempts: 1,
});

const text = (bytes) => bytes && Buffer.from(bytes).toString();
const log = (encoded) => encoded && Buffer.from(encoded, "base64").toString();
const print = (line) => console.log(JSON.stringify(line));

async function invoke(input) {
  const out = await client.send(new InvokeCommand(input));
  print({
    status: out.StatusCode,
    payload: text(out.Payload),
    functionError: out.FunctionError,
    version: out.ExecutedVersion,
    log: log(out.LogResult),
    requestId: out.$metadata.requestId,
  });
}

async function stream(input) {
  const out = await client.send(new InvokeWithResponseStreamCommand(input));
  for await (const event of out.EventStream) {
    if (event.PayloadChunk) print({ chunk: text(event.PayloadChunk.Payload) });
    if (event.InvokeComplete) {
      const { ErrorCode, ErrorDetails, LogResult } = event.InvokeComplete;
      print({ complete: true, errorCode: ErrorCode, errorDetails: ErrorDetails, log: log(LogResult), status: out.StatusCode, version: out.ExecutedVersion });
    }
  }
}

const operations = { Invoke: invoke, InvokeWithResponseStream: stream };

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, input } = JSON.parse(line);
  try {
    await operations[operation](input);
  } catch (error) {
    print({ error: error.name, message: error.message, status: error.$metadata?.httpStatusCode, requestId: error.$metadata?.requestId });
  }
}
