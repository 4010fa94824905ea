// Runs frontend.ts, a copy of a document's code, letter for letter, against the API at APPSYNC_URL, and prints a line of
// JSON for each thing that it shows. What the document leaves out is here.
import { say } from '../src/tryClient';
import { generateClient } from 'aws-amplify/data';

const { models, mutations } = generateClient<any>() as any;
// AppSync takes AWSJSON as text only. The document's front end sends an object, which is refused.
const submitQuery = ({ query, metadata }: any) => mutations.submitQuery({ query, metadata: JSON.stringify(metadata) });
const client = { models, mutations: process.env.AS_IT_IS ? mutations : { submitQuery } };
Object.assign(globalThis, { client, showSpinner: say('spinner'), showResponse: say('response') });
await import('./frontend' as string);
