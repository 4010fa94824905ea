// Package rosario is the logic of the three Lambda functions: a chatbot whose
// questions take longer than an HTTP request may (submit and process), and a
// Slack bot. The mains beside it and the local run share it.
package rosario
