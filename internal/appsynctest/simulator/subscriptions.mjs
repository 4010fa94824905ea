// Subscriptions as AppSync's: a subscriber sees the fields that the mutation
// selected and no others, and only events that pass the subscription's filter.
// Sources: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
// https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { VelocityTemplate } = require('@aws-amplify/amplify-appsync-simulator');
const { withFilter } = require('graphql-subscriptions');

export function publishSelected(simulator) {
  const mutation = new AsyncLocalStorage(); // the running mutation's info
  for (const field of Object.values(simulator.schema.getMutationType().getFields())) {
    const { resolve } = field;
    field.resolve = (parent, args, context, info) => mutation.run(info, () => resolve(parent, args, context, info));
  }
  const publish = simulator.pubsub.publish.bind(simulator.pubsub);
  simulator.pubsub.publish = async (name, item) => {
    if (item) await publish(name, select(item, mutation.getStore()));
  };
  for (const field of Object.values(simulator.schema.getSubscriptionType().getFields())) {
    const { subscribe } = field;
    field.subscribe = (...call) => withFilter(() => subscribe(...call), (item) => wanted(item, call[1]))(...call);
  }
  allowSubscriptionFilters();
}

// allowSubscriptionFilters gives templates $extensions; the filter itself is read
// from the arguments, of which Amplify's template makes it.
function allowSubscriptionFilters() {
  const { buildRenderContext } = VelocityTemplate.prototype;
  VelocityTemplate.prototype.buildRenderContext = function (...args) {
    return { ...buildRenderContext.apply(this, args), extensions: { setSubscriptionFilter: () => '' } };
  };
}

function select(item, info) {
  const fields = (set) =>
    set.selections.flatMap((s) => {
      if (s.kind === 'Field') return [s.name.value];
      return fields(s.kind === 'InlineFragment' ? s.selectionSet : info.fragments[s.name.value].selectionSet);
    });
  const selected = new Set(info.fieldNodes.flatMap((n) => fields(n.selectionSet)));
  return Object.fromEntries(Object.entries(item).filter(([name]) => selected.has(name)));
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
