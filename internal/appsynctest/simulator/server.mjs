// AppSync on this machine: Amplify's own simulator runs the resolvers that Amplify
// Gen 2 generates for examples/amplify (the folder generated) over a DynamoDB table.
//
// Environment: DYNAMODB_ENDPOINT, TABLE, REGION, API_KEY, USER_POOL (the issuer of
// tokens), ACCESS_KEYS (JSON: access key ID to {secret, allowed}), FUNCTION_URL, and
// API_FOLDER or API_VARIANT (a name in variants.json) for another API than the one in the
// folder generated.
// When it serves, it prints one line of JSON: {"url", "realtime"}.
//
// What the simulator leaves out or does otherwise than AppSync is added here:
//   - conditions and filters (conditions.mjs): it drops the values of conditions, and
//     knows neither attributeType nor size;
//   - subscriptions (subscriptions.mjs): it sends the whole item, AppSync the fields
//     that the mutation selected; it has no subscription filters; it runs the resolvers
//     of the fields for each subscriber, AppSync once for the mutation;
//   - authorization (authorize.mjs): it takes every signature and every token.
//
// What remains different from AppSync:
//   - reads are consistent, AppSync's get is not: a Query without ConsistentRead, see
//     generated/QueryGetQueryJobDataResolverFn.req.vtl;
//   - AppSync's documentation has a failed condition succeed when the item is already as
//     asked for; here it fails. Amplify's templates set updatedAt, so that it takes two
//     equal writes in one millisecond to meet this;
//     https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-condition-expressions.html
//   - the message of a failed condition goes on "(Service: DynamoDb, Status Code: 400,
//     Request ID: ...)" at AppSync; errorType is the same, and data is null in both;
//   - the texts of validation errors are graphql-js's; at AppSync they begin "Validation
//     error of type" or say that a variable has an invalid value. Neither has an errorType;
//   - AWSTimestamp has 32 bits here;
//   - connection_ack says connectionTimeout for connectionTimeoutMs, and ka comes every
//     four minutes, not every minute;
//   - there are no limits here: neither throttling (429) nor sizes nor the 30 seconds;
//   - tokens are not verified beyond issuer and expiry, nor is the signature of a
//     subscription, and an IAM principal may do all or nothing.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { apiConfig, authorizationModes } from './api.mjs';
import { authorize } from './authorize.mjs';
import { addTransforms } from './conditions.mjs';
import { authorizeSubscriptions, headersFromSubprotocol, publishSelected } from './subscriptions.mjs';

const require = createRequire(import.meta.url);
const { AmplifyAppSyncSimulator } = require('@aws-amplify/amplify-appsync-simulator');
const { OperationServer } = require('@aws-amplify/amplify-appsync-simulator/lib/server/operations');
const { AppSyncSimulatorSubscriptionServer } = require('@aws-amplify/amplify-appsync-simulator/lib/server/websocket-subscription');
const { parse } = require('graphql');

const env = {
  ...process.env,
  accessKeys: JSON.parse(process.env.ACCESS_KEYS),
  modes: authorizationModes(),
};
console.log = console.error; // standard output is for the line that says where we serve

addTransforms();
const simulator = new AmplifyAppSyncSimulator();
const config = apiConfig(env);
simulator.init(config);
publishSelected(simulator, config.resolvers.map((r) => ({ type: r.typeName, field: r.fieldName })), env);

// The simulator's own server listens on every address, so its parts are used here.
const { app } = new OperationServer({}, simulator);
const server = createServer(serve);
server.on('upgrade', headersFromSubprotocol);
const subscriptions = new AppSyncSimulatorSubscriptionServer(simulator, server);
authorizeSubscriptions(subscriptions, env);
subscriptions.start();
server.listen(0, '127.0.0.1', () => {
  const at = `127.0.0.1:${server.address().port}/graphql`;
  process.stdout.write(JSON.stringify({ url: `http://${at}`, realtime: `ws://${at}/realtime` }) + '\n');
});

async function serve(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const refusal = refuse(request, body);
  if (refusal) {
    const { status, errorType, message } = refusal;
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', 'x-amzn-errortype': errorType });
    response.end(JSON.stringify({ errors: [{ errorType, message }] }));
    return;
  }
  request._body = true; // body-parser's sign that request.body is set
  app(request, response);
}

function refuse(request, body) {
  if (request.method !== 'POST') return null; // cors answers OPTIONS
  const refusal = authorize(request, body, env);
  if (refusal) return refusal;
  try {
    request.body = JSON.parse(body);
    parse(request.body.query);
  } catch {
    return { status: 400, errorType: 'MalformedHttpRequestException', message: 'Unable to parse GraphQL query.' };
  }
  return null;
}
