// Package lambdahttp serves Lambda's HTTP events with an [http.Handler].
//
//	mux := http.NewServeMux()
//	mux.Handle("/slack", slack.Handle(onMention))
//	mux.Handle("/github", github.Handle(onPush))
//	lambda.Start(lambdahttp.Wrap(mux))
//
// [Wrap] takes the events of function URLs, of HTTP APIs (payload formats 1.0 and
// 2.0), of REST APIs and of load balancers (with multi-value headers or without). It
// answers each event in the form that its front door takes, so the same function can
// serve several of them.
//
// [Options] remove a base path and answer health checks. [Event], [EventFrom] and
// [AuthorizerFrom] return what the request does not say: the whole event, and the claims
// or the caller that the front door has checked.
//
// [Stream] serves the same events, and sends the response while the handler writes it:
//
//	lambda.Start(lambdahttp.Stream(mux))
//
// # Guarantees
//
//   - The handler sees the request that the client sent: the body without base64, the
//     path without the stage and decoded once, cookies in the Cookie header.
//   - The client gets the response that net/http would send: every Set-Cookie, a
//     detected Content-Type, no body with 204 and 304. A body that is not UTF-8 goes
//     to the front door in base64.
//   - An event that is not an HTTP request is an [*EventError]. It never reaches the
//     handler. That goes for records, schedules, authorizers, WebSockets, Bedrock agents
//     and VPC Lattice, and for names of members in another case.
//   - The request's context is the invocation's, with its deadline.
//   - A wrapped handler is safe for concurrent use if the handler is.
//
// # What it does not guarantee
//
// Each front door loses something, and what it has lost cannot be restored:
//
//   - An HTTP API with payload format 2.0 decodes the path: /a%2Fb arrives as /a/b.
//   - Payload format 2.0 joins the values of a repeated header, in requests and in
//     responses.
//   - A load balancer without multi-value headers keeps the last value of a repeated
//     header or parameter, and sends one Set-Cookie: the first.
//   - Load balancers and REST APIs give parameters by name, without their order.
//   - A REST API makes slashes before the path one, and drops Content-Length and
//     hop-by-hop headers of the request.
//   - A REST API without binaryMediaTypes takes every body for text. It destroys
//     other request bodies, and sends the base64 of other response bodies.
//
// The response of Wrap is buffered: it leaves when the handler has returned, its writer
// cannot be flushed, and Lambda's limit of 6 MB applies.
//
// # Streaming
//
// Stream needs a function URL with the InvokeMode RESPONSE_STREAM, or a REST API whose
// integration has the response transfer mode STREAM. The function cannot see that: behind
// one that buffers, the client gets status and headers and no body. Lambda limits a streamed response to 200 MB,
// API Gateway to 15 minutes.
//
// The client of a function URL or REST API gets what net/http would send, except that
//
//   - no Content-Length is computed: the response is chunked;
//   - function URLs join the values of a repeated header other than Set-Cookie;
//   - a response without Content-Type gets application/json, the front door's default.
//
// # Cost
//
// A function URL event with a body of 10 KB takes 1.8 times as long as decoding it into
// events.LambdaFunctionURLRequest and encoding the response. To measure:
//
//	go test -run xxx -bench Wrap -benchmem ./lambdahttp
//
// # IAM
//
// The package needs no IAM actions.
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
package lambdahttp
