// Writes what Amplify deploys to AppSync for this back end: the GraphQL schema, the
// resolvers with their templates, the model description that front ends get, and the
// Go functions with their environment, triggers and permissions. It builds them for that.
// Usage: tsx resolvers.ts FOLDER [BACKEND]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Resource = { Type: string; Properties: Record<string, any> };

const assembly = mkdtempSync(join(tmpdir(), 'synth-'));
process.on('exit', () => rmSync(assembly, { recursive: true, force: true }));
await synthesize(assembly);
for (const each of templates(assembly)) refuseCycles(each);
const resources = Object.assign({}, ...templates(assembly)) as Record<string, Resource>;
const out = process.argv[2];
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const saved = new Map<string, string>(); // content to file name

const [schema] = of('AWS::AppSync::GraphQLSchema');
save('schema.graphql', text(schema.Properties.DefinitionS3Location));
save('resolvers.json', JSON.stringify({ authorization: authorization(), dataSources: dataSources(), functions: functions(), resolvers: resolvers() }, null, 2));
if (Object.keys(programs()).length) save('functions.json', JSON.stringify(programs(), null, 2));
save('introspection.json', JSON.stringify(JSON.parse(introspection()), null, 2));

// synthesize runs backend.ts as Amplify's own tool does.
async function synthesize(folder: string) {
  process.env.CDK_OUTDIR = folder;
  process.env.CDK_CONTEXT_JSON = JSON.stringify({
    'amplify-backend-namespace': 'rosario',
    'amplify-backend-name': 'test',
    'amplify-backend-type': 'sandbox',
  });
  console.log = console.warn = () => {};
  await import(process.argv[3] ?? './amplify/backend');
  process.emit('message', 'amplifySynth', undefined);
}

function templates(folder: string) {
  const files = readdirSync(folder).filter((f) => f.endsWith('.template.json'));
  return files.map((f) => JSON.parse(readFileSync(join(folder, f), 'utf8')).Resources ?? {});
}

// refuseCycles fails for resources that need each other, which CloudFormation deploys neither of. Nested stacks are among
// them, of which CDK does not see it.
function refuseCycles(all: Record<string, Resource>) {
  const done = new Set<string>();
  const visit = (id: string, path: string[]) => {
    if (path.includes(id)) throw new Error(`these resources need each other: ${path.join(', ')}`);
    if (!done.has(id)) needs(all[id]).filter((n) => n in all).forEach((n) => visit(n, [...path, id]));
    done.add(id);
  };
  Object.keys(all).forEach((id) => visit(id, []));
}

// needs are the names that a resource refers to.
function needs(v: any): string[] {
  if (typeof v !== 'object' || v === null) return [];
  const own = [v.Ref, v.DependsOn, v['Fn::GetAtt']?.[0]].flat().filter((n) => typeof n === 'string');
  const inText = [...JSON.stringify(v['Fn::Sub'] ?? '').matchAll(/\$\{(\w+)/g)].map((m) => m[1]);
  return [...own, ...inText, ...Object.values(v).flatMap(needs)];
}

function of(type: string) {
  return Object.values(resources).filter((r) => r.Type === type);
}

// authorization are the API's modes, the default first.
function authorization() {
  const [{ Properties: p }] = of('AWS::AppSync::GraphQLApi');
  return [p, ...(p.AdditionalAuthenticationProviders ?? [])].map((mode) => mode.AuthenticationType);
}

// programs are the Go functions, by name.
function programs() {
  const all = Object.entries(resources).filter(([, r]) => r.Type === 'AWS::Lambda::Function' && r.Properties.Handler === 'bootstrap');
  return Object.fromEntries(all.map(([id, { Properties: p }]) => [
    p.Tags.find((tag: any) => tag.Key === 'amplify:friendly-name').Value,
    {
      runtime: p.Runtime,
      architectures: p.Architectures,
      build: settings(join(assembly, 'asset.' + p.Code.S3Key.replace('.zip', ''), 'bootstrap')),
      timeout: p.Timeout,
      environment: Object.fromEntries(Object.entries(p.Environment?.Variables ?? {}).map(([name, value]) => [name, resolve(value)])),
      actions: actions(p.Role['Fn::GetAtt'][0]),
      mappings: of('AWS::Lambda::EventSourceMapping').filter((m) => names(m.Properties.FunctionName, id)).map(mapping),
      schedules: of('AWS::Events::Rule').filter((r) => r.Properties.Targets.some((t: any) => names(t.Arn, id))).map((r) => r.Properties.ScheduleExpression),
      asynchronous: of('AWS::Lambda::EventInvokeConfig').filter((c) => names(c.Properties.FunctionName, id)).map(asynchronous),
    },
  ]));
}

// settings are those that the program was built with.
function settings(program: string) {
  const lines = execFileSync('go', ['version', '-m', program], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /^\tbuild\t((?:GOOS|GOARCH|CGO_ENABLED|-tags|-trimpath)=.*)/.exec(line)?.[1] ?? []).sort();
}

// names tells whether the value refers to the resource.
function names(value: any, id: string) {
  return value?.Ref === id || value?.['Fn::GetAtt']?.[0] === id;
}

// actions are what the role may do. The policy for the API is in another stack, which knows the role as a parameter.
function actions(role: string) {
  const policies = of('AWS::IAM::Policy').filter((p) => p.Properties.Roles.some((r: any) => String(r.Ref).includes(role)));
  return [...new Set(policies.flatMap((p) => p.Properties.PolicyDocument.Statement).flatMap((s) => s.Action))].sort();
}

function mapping({ Properties: { FunctionName, EventSourceArn, DestinationConfig, Tags, ...p } }: Resource) {
  return { ...p, onFailure: DestinationConfig && 'queue' };
}

function asynchronous({ Properties: { FunctionName, Qualifier, DestinationConfig, ...p } }: Resource) {
  return { ...p, onFailure: DestinationConfig && 'queue' };
}

function dataSources() {
  return of('AWS::AppSync::DataSource').map(({ Properties: p }) => ({ name: p.Name, type: p.Type }));
}

function functions() {
  return of('AWS::AppSync::FunctionConfiguration').map(({ Properties: p }) => ({
    name: p.Name,
    dataSource: resolve(p.DataSourceName),
    request: template(p, 'Request', `${p.Name}.req.vtl`),
    response: template(p, 'Response', `${p.Name}.res.vtl`),
  }));
}

function resolvers() {
  return of('AWS::AppSync::Resolver').map(({ Properties: p }) => ({
    type: p.TypeName,
    field: p.FieldName,
    functions: p.PipelineConfig.Functions.map(resolve),
    request: template(p, 'Request', `${p.TypeName}.${p.FieldName}.req.vtl`),
    response: template(p, 'Response', `${p.TypeName}.${p.FieldName}.res.vtl`),
  }));
}

// template saves one side of a function or resolver, equal ones once, and returns the file's name.
function template(p: Resource['Properties'], side: 'Request' | 'Response', name: string) {
  const inline = p[`${side}MappingTemplate`];
  const content = inline ? resolve(inline) : text(p[`${side}MappingTemplateS3Location`]);
  return saved.get(content) ?? save(name, content);
}

function save(name: string, content: string) {
  saved.set(content, name);
  writeFileSync(join(out, name), content.trimEnd() + '\n');
  return name;
}

// text reads the asset that an S3 location names.
function text(location: { 'Fn::Sub': string }) {
  return readFileSync(join(assembly, 'asset.' + location['Fn::Sub'].split('/').pop()), 'utf8');
}

function introspection() {
  const file = 'modelIntrospectionSchema.json';
  const folder = readdirSync(assembly, { recursive: true }).find((f) => String(f).endsWith(file));
  return readFileSync(join(assembly, String(folder)), 'utf8');
}

// resolve replaces CloudFormation's references: to functions and data sources by
// their names, to what only a deployment knows by a constant.
function resolve(v: any): string {
  if (typeof v === 'string') return v;
  if (v['Fn::Join']) return v['Fn::Join'][1].map(resolve).join(v['Fn::Join'][0]);
  if (v['Fn::GetAtt']) return resources[v['Fn::GetAtt'][0]]?.Properties.Name ?? 'deployed';
  const known: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': '123456789012', 'AWS::Region': 'us-east-1' };
  if (String(v.Ref).includes('NONEDS')) return 'NONE_DS';
  return known[v.Ref] ?? 'deployed';
}
