// Runs the two handlers beside this file as functions, which answer POST requests to /submit-query and
// /process-query-job. They are copies of a document's code, letter for letter. What the document leaves out
// is here: the configuration of Amplify's client, as getAmplifyDataClientConfig makes it from what
// Lambda and Amplify give to a function, and the client of the second handler.
// INTROSPECTION is the file with the model's description, CLAUDE_URL answers in place of the address that
// the second handler has.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/data';

const env = process.env as Record<string, string>;
console.log = console.error; // standard output is for the line that says where we serve

const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
Amplify.configure(
  {
    API: {
      GraphQL: {
        endpoint: env.APPSYNC_URL,
        region: env.AWS_REGION,
        defaultAuthMode: 'iam',
        modelIntrospection: JSON.parse(readFileSync(env.INTROSPECTION, 'utf8')),
      },
    },
  },
  { Auth: { credentialsProvider: { getCredentialsAndIdentityId: async () => ({ credentials }), clearCredentialsAndIdentityId() {} } } },
);
Object.assign(globalThis, { client: generateClient({ authMode: 'iam' }) });

const { fetch } = globalThis;
globalThis.fetch = (address, options) => fetch(address === 'https://claude.chinchilla-ai.com/query' ? env.CLAUDE_URL : address, options);

const handlers: Record<string, (event: any) => unknown> = {
  '/submit-query': (await import('./functions/submit-query/handler' as string)).handler,
  '/process-query-job': (await import('./functions/process-query-job/handler' as string)).handler,
};

const server = createServer(async (request, response) => {
  try {
    const result = await handlers[request.url!](JSON.parse(await text(request)));
    response.end(JSON.stringify(result ?? null));
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ errorMessage: String(error) })); // as Lambda does
  }
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(JSON.stringify({ url: `http://127.0.0.1:${port}` }) + '\n');
});
