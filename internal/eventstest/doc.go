// Package eventstest is an AppSync Event API on this machine, for tests. It has what AWS's
// pages say of publishing over HTTP and of the WebSocket protocol, as far as a publisher and
// subscribers use it. It measures events as they are in the request, and refuses those that
// AppSync would drop. Browsers cannot publish with its key.
//
// Sources: https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html,
// https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html,
// https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-concepts.html
//
// The pages show the event of a data message as a list of one text. Amplify's client, which
// AWS tests against the service, takes a text alone. So does this server.
//
// Source: https://github.com/aws-amplify/amplify-js/blob/main/packages/api-graphql/src/Providers/AWSAppSyncEventsProvider/index.ts
package eventstest
