// Subscriptions as AppSync's: a subscriber sees the fields that the mutation
// selected and no others, and only events that pass the subscription's filter.
// Sources: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
// https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { authorizeSubscription, principal } from './authorize.mjs';

const require = createRequire(import.meta.url);
const { VelocityTemplate } = require('@aws-amplify/amplify-appsync-simulator');
const { withFilter } = require('graphql-subscriptions');
const { getNamedType } = require('graphql');

const published = Symbol('published');

// publishSelected publishes what each mutation answers. resolvers are the resolvers of
// the API.
export function publishSelected(simulator, resolvers, env) {
  const mutation = new AsyncLocalStorage(); // the running mutation
  for (const field of Object.values(simulator.schema.getMutationType().getFields())) {
    const { resolve } = field;
    field.resolve = (parent, args, context, info) => mutation.run({ context, info }, () => resolve(parent, args, context, info));
  }
  const publish = simulator.pubsub.publish.bind(simulator.pubsub);
  simulator.pubsub.publish = async (name, item) => {
    if (item) await publish(name, await select(item, mutation.getStore()));
  };
  for (const field of Object.values(simulator.schema.getSubscriptionType().getFields())) {
    const { subscribe } = field;
    const filter = ([, args, context]) => context.subscriptionFilter ?? args.filter;
    field.subscribe = (...call) => withFilter(() => subscribe(...call), (item) => wanted(item, { ...call[1], filter: filter(call) }))(...call);
  }
  resolveOnce(simulator.schema, resolvers);
  extendTemplates(env);
}

// resolveOnce keeps the resolvers of fields from running for what a mutation has answered.
function resolveOnce(schema, resolvers) {
  const roots = ['Query', 'Mutation', 'Subscription'];
  for (const { type, field: name } of resolvers.filter((r) => !roots.includes(r.type))) {
    const field = schema.getType(type).getFields()[name];
    const { resolve } = field;
    field.resolve = (source, ...rest) => (source[published] ? source[name] : resolve(source, ...rest));
  }
}

// extendTemplates gives templates $extensions, whose filter the subscription keeps, and
// the identity of an IAM principal also in subscriptions.
function extendTemplates(env) {
  const { buildRenderContext } = VelocityTemplate.prototype;
  VelocityTemplate.prototype.buildRenderContext = function (values, context, info) {
    const extensions = {
      setSubscriptionFilter: (filter) => {
        context.subscriptionFilter = JSON.parse(JSON.stringify(filter));
        return '';
      },
    };
    if (context.requestAuthorizationMode === 'AWS_IAM') context.iamToken = iamToken(context.headers, env);
    return { ...buildRenderContext.call(this, values, context, info), extensions };
  };
}

function iamToken(headers, env) {
  const arn = (session) => ({ userArn: `arn:aws:sts::123456789012:assumed-role/${session}` });
  const browser = principal(headers, env)?.identityPool; // the templates call its role 'deployed'
  const cognito = browser && { cognitoIdentityPoolId: 'pool', cognitoIdentityId: 'identity', ...arn('deployed/CognitoIdentityCredentials') };
  return { username: 'iam', ...arn('role/session'), ...cognito };
}

// authorizeSubscriptions checks the headers of each subscription.
export function authorizeSubscriptions({ realtimeServer: { options } }, env) {
  const start = options.onSubscribeHandler;
  options.onSubscribeHandler = (doc, variables, headers, ...rest) => {
    const refusal = authorizeSubscription(headers, env);
    return refusal ? { errors: [refusal] } : start(doc, variables, headers, ...rest);
  };
}

// select returns the fields that the mutation selected, as it answers them.
async function select(item, { context, info }) {
  const names = (set) =>
    set.selections.flatMap((s) => {
      if (s.kind === 'Field') return [s.name.value];
      return names(s.kind === 'InlineFragment' ? s.selectionSet : info.fragments[s.name.value].selectionSet);
    });
  const type = getNamedType(info.returnType);
  const value = (name) => type.getFields()[name]?.resolve(item, {}, context, { ...info, fieldName: name, parentType: type });
  const selected = { [published]: true };
  for (const name of new Set(info.fieldNodes.flatMap((n) => names(n.selectionSet)))) selected[name] = await value(name);
  return selected;
}

// wanted: an argument of a subscription other than filter is a field's value.
function wanted(item, { filter = {}, ...values }) {
  return Object.entries(values).every(([name, v]) => v === null || item[name] === v) && passes(item, filter ?? {});
}

const operators = {
  eq: (v, w) => v === w,
  ne: (v, w) => v !== w,
  lt: (v, w) => v < w,
  le: (v, w) => v <= w,
  gt: (v, w) => v > w,
  ge: (v, w) => v >= w,
  between: (v, [low, high]) => v >= low && v <= high,
  in: (v, list) => list.includes(v),
  notIn: (v, list) => !list.includes(v),
  contains: (v, w) => v.includes(w),
  notContains: (v, w) => !v.includes(w),
  beginsWith: (v, w) => v.startsWith(w),
};

function passes(item, filter) {
  return Object.entries(filter).every(([name, v]) => {
    if (name === 'and') return v.every((f) => passes(item, f));
    if (name === 'or') return v.some((f) => passes(item, f));
    return Object.entries(v).every(([op, w]) => item[name] != null && operators[op](item[name], w));
  });
}

// headersFromSubprotocol moves the authorization from where Amplify's clients put it
// today, the subprotocol header-<base64url>, to where the simulator looks for it.
export function headersFromSubprotocol(request) {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  const header = protocols.find((p) => p.startsWith('header-'))?.slice('header-'.length);
  if (!header) return;
  request.url += `${request.url.includes('?') ? '&' : '?'}header=${encodeURIComponent(Buffer.from(header, 'base64url').toString('base64'))}`;
  request.headers['sec-websocket-protocol'] = 'graphql-ws';
}
