// The simulator's configuration: the generated API over one table.
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = pathToFileURL((process.env.API_FOLDER ?? fileURLToPath(new URL('generated', import.meta.url))) + '/');
const generated = process.env.API_VARIANT ? variant(process.env.API_VARIANT) : (name) => readFileSync(new URL(name, folder), 'utf8');

// variant returns the files of an API in variants.json.
function variant(name) {
  const all = JSON.parse(readFileSync(new URL('variants.json', import.meta.url), 'utf8'));
  return (file) => all.files[all.variants[name][file]];
}

// authorizationModes are those of the API, the default first.
export function authorizationModes() {
  return JSON.parse(generated('resolvers.json')).authorization;
}

export function apiConfig(env) {
  const api = JSON.parse(generated('resolvers.json'));
  const paths = new Set([...api.functions, ...api.resolvers].flatMap((r) => [r.request, r.response]));
  const modes = authorizationModes().map((authenticationType) => ({ authenticationType })); // the default first
  const templates = (r) => ({ requestMappingTemplateLocation: r.request, responseMappingTemplateLocation: r.response });
  return {
    schema: { content: generated('schema.graphql') },
    appSync: {
      name: 'QueryJob',
      apiKey: env.API_KEY,
      defaultAuthenticationType: modes[0],
      additionalAuthenticationProviders: modes.slice(1),
    },
    mappingTemplates: [...paths].map((path) => ({ path, content: generated(path) })),
    // 'deployed' is the table of another model, which a relation reads: it is empty here.
    dataSources: [...api.dataSources, { name: 'deployed', type: 'NONE' }].map((d) => ({ ...d, ...sources[d.type](env) })),
    functions: api.functions.map((f) => ({ name: f.name, dataSourceName: f.dataSource, ...templates(f) })),
    resolvers: api.resolvers.map((r) => ({
      ...(r.functions ? { kind: 'PIPELINE', functions: r.functions } : { kind: 'UNIT', dataSourceName: r.dataSource }),
      typeName: r.type,
      fieldName: r.field,
      ...templates(r),
    })),
  };
}

const sources = {
  NONE: () => ({}),
  AMAZON_DYNAMODB: (env) => ({
    config: {
      tableName: env.TABLE,
      endpoint: env.DYNAMODB_ENDPOINT,
      region: env.REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
  }),
  AWS_LAMBDA: (env) => ({ invoke: (payload) => invoke(env.FUNCTION_URL, payload) }),
};

// invoke calls the function behind submitQuery. Its error is {"errorMessage": ...}, as Lambda's.
async function invoke(url, payload) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(payload) });
  const result = await response.json();
  if (response.ok) return result;
  throw Object.assign(new Error(result.errorMessage), { extensions: { errorType: 'Lambda:Unhandled' } });
}
