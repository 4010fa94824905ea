// Checks SAM and CloudFormation templates against AWS's resource specification:
// types, properties, required properties, kinds of values, and what is referred to.
// cfn-lint knows more, and is run by hand: CI downloads nothing that a lock file does not hold to a hash.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { parse } from 'yaml';

const db = loadAwsServiceSpecSync();

// What a transform adds to a function: its role, and its URL if it has one.
const generated = { Role: 'AWS::IAM::Role', Url: 'AWS::Lambda::Url' };

// The specification has SAM's stream events as they were in 2020; SAM hands their
// properties on to this resource.
const handedOn = { DynamoDBEvent: 'AWS::Lambda::EventSourceMapping' };

const specOf = type => db.lookup('resource', 'cloudFormationType', 'equals', type)[0];

const attributesOf = type => (type.startsWith('AWS::Serverless::') ? ['Arn'] : Object.keys(specOf(type)?.attributes ?? {}));

// check returns a line for each error in the text of a template.
export function check(text) {
  const errors = [];
  const template = parse(text, { customTags: ['Ref', 'GetAtt', 'Sub'].flatMap(tags) });
  const resources = template.Resources ?? {};

  const typeOf = name => {
    if (resources[name]) return resources[name].Type;
    const [, owner, what] = name.match(/^(.*)(Role|Url)$/) ?? [];
    return resources[owner]?.Type === 'AWS::Serverless::Function' ? generated[what] : undefined;
  };
  const refer = (name, path) => {
    if (!name.startsWith('AWS::') && !template.Parameters?.[name] && !typeOf(name)) errors.push(`${path}: there is no ${name}`);
  };
  const getAtt = (target, path) => {
    const [name, ...rest] = target.split('.');
    const type = typeOf(name), attribute = rest.join('.');
    if (!type) errors.push(`${path}: there is no ${name}`);
    else if (!attributesOf(type).includes(attribute)) errors.push(`${path}: ${type} has no attribute ${attribute}`);
  };
  const references = (value, path) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, v] of Object.entries(value)) {
      if (key === 'Ref') refer(v, path);
      else if (key === 'Fn::GetAtt') getAtt([v].flat().join('.'), path);
      else if (key === 'Fn::Sub') for (const [, name] of v.matchAll(/\$\{([^}!]+)\}/g)) name.includes('.') ? getAtt(name, path) : refer(name, path);
      else references(v, `${path}.${key}`);
    }
  };

  for (const [name, resource] of Object.entries(resources)) {
    const path = `Resources.${name}`, spec = specOf(resource.Type);
    if (!spec) {
      errors.push(`${path}: there is no resource type ${resource.Type}`);
      continue;
    }
    const global = template.Globals?.[resource.Type.match(/^AWS::Serverless::(.*)/)?.[1]];
    errors.push(...object({ ...global, ...resource.Properties }, spec.properties, `${path}.Properties`));
    for (const other of [resource.DependsOn ?? []].flat()) refer(other, `${path}.DependsOn`);
  }
  references(resources, 'Resources');
  references(template.Outputs, 'Outputs');
  return errors;
}

// tags are the short forms of an intrinsic function, of a text or a list.
function tags(name) {
  const key = name === 'Ref' ? 'Ref' : `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: s => ({ [key]: s }) },
    { tag: `!${name}`, collection: 'seq', resolve: seq => ({ [key]: seq.toJSON() }) },
  ];
}

const isObject = v => v !== null && typeof v === 'object' && !Array.isArray(v);
const isIntrinsic = v => isObject(v) && Object.keys(v).length === 1 && /^(Ref|Fn::.*)$/.test(Object.keys(v)[0]);

// object holds the members of a resource or property type to its specification.
function object(value, properties, path) {
  const errors = [];
  for (const [name, p] of Object.entries(properties)) {
    if (p.required && !(name in value)) errors.push(`${path}: ${name} is required`);
  }
  for (const [name, v] of Object.entries(value)) {
    if (name in properties) errors.push(...mismatch(v, properties[name].type, `${path}.${name}`));
    else errors.push(`${path}: there is no property ${name}`);
  }
  return errors;
}

const scalars = {
  string: v => typeof v !== 'object',
  number: v => !isNaN(Number(v)),
  integer: v => Number.isInteger(Number(v)),
  boolean: v => v === true || v === false,
};

// mismatch says how a value differs from its type.
function mismatch(value, type, path) {
  if (isIntrinsic(value)) return [];
  const wrong = [`${path}: want ${type.type}, got ${JSON.stringify(value)}`];
  switch (type.type) {
    case 'array':
      return Array.isArray(value) ? value.flatMap((v, i) => mismatch(v, type.element, `${path}.${i}`)) : wrong;
    case 'map':
      return isObject(value) ? Object.entries(value).flatMap(([k, v]) => mismatch(v, type.element, `${path}.${k}`)) : wrong;
    case 'union': {
      const tries = type.types.map(t => mismatch(value, t, path));
      return tries.some(t => t.length === 0) ? [] : tries.reduce((a, b) => (depth(b) > depth(a) ? b : a));
    }
    case 'ref': {
      const definition = db.get('typeDefinition', type.reference.$ref);
      const more = specOf(handedOn[definition.name])?.properties ?? {};
      const optional = Object.fromEntries(Object.entries(more).map(([k, p]) => [k, { ...p, required: false }]));
      return isObject(value) ? object(value, { ...optional, ...definition.properties }, path) : wrong;
    }
  }
  return scalars[type.type]?.(value) === false ? wrong : []; // json, tag and the like are anything
}

// depth tells which of a union's types was meant: the one in which the error is deepest.
const depth = errors => Math.max(...errors.map(e => e.split(':')[0].split('.').length)) - errors.length / 100;

// guide returns the template of a page of docs/guides: what the README beside it has for all,
// the API if the page refers to it, and the page's own resources.
export function guide(file) {
  const shared = join(dirname(file), 'README.md'), own = block(file, 'template.yaml');
  return block(shared, 'template.yaml') + (own.includes('!Ref Api,') ? block(shared, 'api.yaml') : '') + own;
}

// block is what a page has for the file of that name.
function block(page, name) {
  const [, text] = readFileSync(page, 'utf8').match(new RegExp(`^\`${name}\`[^\n]*:\n\n\`\`\`yaml\n(.*?)^\`\`\`$`, 'ms')) ?? [];
  if (!text) throw new Error(`${page} has no ${name}`);
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of process.argv.slice(2)) {
    for (const error of check(file.endsWith('.md') ? guide(file) : readFileSync(file, 'utf8'))) {
      console.error(`${file}: ${error}`);
      process.exitCode = 1;
    }
  }
}
