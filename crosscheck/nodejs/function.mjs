// The functions that AWS's runtime client runs, as a user writes them.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

// handler does what its event says.
export const handler = async (event, context) => {
  console.log("told to", event.do);
  switch (event.do) {
    case "fail":
      throw new TypeError("no luck");
    case "exit":
      process.exit(3);
    case "hang":
      await new Promise((done) => setTimeout(done, 60_000));
    case "large":
      return "x".repeat(event.size);
    case "ask": // another function, with the client that is set up in Lambda
      return text(await new LambdaClient().send(new InvokeCommand({ FunctionName: event.function, Payload: event.payload })));
  }
  return {
    event,
    requestId: context.awsRequestId,
    arn: context.invokedFunctionArn,
    name: context.functionName,
    custom: context.clientContext?.Custom ?? context.clientContext?.custom,
    left: context.getRemainingTimeInMillis(),
    trace: process.env._X_AMZN_TRACE_ID,
  };
};

const text = (answer) => JSON.parse(Buffer.from(answer.Payload).toString());

// stream writes a part of its response, and the next one after a request to event.gate.
export const stream = awslambda.streamifyResponse(async (event, response) => {
  response.setContentType("text/plain");
  if (event.do === "fail first") throw new TypeError("no luck");
  response.write("first");
  await fetch(event.gate);
  if (event.do === "fail") throw new TypeError("no luck");
  response.write("second");
  response.end();
});

// batch fails the records whose status is "bad".
export const batch = async (event) => {
  const bad = event.Records.filter((record) => record.dynamodb.NewImage.status.S === "bad");
  for (const record of event.Records) console.log("record", record.dynamodb.Keys.id.S, record.dynamodb.NewImage.status.S);
  return { batchItemFailures: bad.map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })) };
};
