// DynamoDB expressions from Amplify's condition and filter inputs, in place of the
// simulator's. Every operator of the generated schema is here; another one is an error.
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/transformation-helpers-in-utils-transform.html
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { transformUtils } = require('@aws-amplify/amplify-appsync-simulator/lib/velocity/util/transform');
const { dynamodbUtils } = require('@aws-amplify/amplify-appsync-simulator/lib/velocity/util/dynamodb-utils');

export function addTransforms() {
  const transform = (input) => JSON.stringify(expression(input.toJSON()));
  transformUtils.toDynamoDBConditionExpression = transform;
  transformUtils.toDynamoDBFilterExpression = transform;
  transformUtils.toSubscriptionFilter = (input) => input;
}

const compare = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' };
const types = { binary: 'B', binarySet: 'BS', bool: 'BOOL', list: 'L', map: 'M', number: 'N', numberSet: 'NS', string: 'S', stringSet: 'SS', _null: 'NULL' };

export function expression(input) {
  const expressionNames = {};
  const expressionValues = {};
  const value = (v) => {
    const name = `:v${Object.keys(expressionValues).length}`;
    expressionValues[name] = dynamodbUtils.toDynamoDB(v);
    return name;
  };
  const operation = (operand, op, v) => {
    if (op in compare) return `${operand} ${compare[op]} ${value(v)}`;
    switch (op) {
      case 'contains':
        return `contains(${operand}, ${value(v)})`;
      case 'notContains':
        return `NOT contains(${operand}, ${value(v)})`;
      case 'beginsWith':
        return `begins_with(${operand}, ${value(v)})`;
      case 'between':
        return `${operand} BETWEEN ${value(v[0])} AND ${value(v[1])}`;
      case 'attributeExists':
        return `${v ? 'attribute_exists' : 'attribute_not_exists'}(${operand})`;
      case 'attributeType':
        return `attribute_type(${operand}, ${value(types[v])})`;
      case 'size':
        return all(v, (op, w) => operation(`size(${operand})`, op, w));
    }
    throw new Error(`unknown operator ${op}`);
  };
  const field = (name, v) => {
    if (name === 'and') return join('AND', [v].flat().map(group));
    if (name === 'or') return join('OR', [v].flat().map(group));
    if (name === 'not') return `NOT (${group(v)})`;
    expressionNames[`#${name}`] = name;
    return all(v, (op, w) => operation(`#${name}`, op, w));
  };
  const group = (fields) => all(fields, field);
  return { expression: group(input), expressionNames, expressionValues };
}

const all = (object, text) => join('AND', Object.entries(object).map(([k, v]) => text(k, v)));

// join puts parentheses only around what needs them: DynamoDB refuses redundant ones.
function join(operator, parts) {
  if (parts.length === 1) return parts[0];
  return parts.map((p) => (/ (AND|OR) /.test(p) ? `(${p})` : p)).join(` ${operator} `);
}
