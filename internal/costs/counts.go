package main

import _ "embed"

// counts is what a flow takes, as the tests of this package measure it. Durations of
// requests are not in it: a request takes no virtual time.
type counts struct {
	Invocations int     `json:"invocations,omitempty"` // of Lambda functions
	Seconds     float64 `json:"seconds,omitempty"`     // that they waited
	Requests    int     `json:"requests,omitempty"`    // to DynamoDB
	Writes      float64 `json:"writes,omitempty"`      // units, of the table
	IndexWrites float64 `json:"indexWrites,omitempty"` // units, of its index
	Reads       float64 `json:"reads,omitempty"`       // units
	Operations  int     `json:"operations,omitempty"`  // of AppSync GraphQL
	Published   int     `json:"published,omitempty"`   // events, to AppSync Events
}

//go:embed counts.json
var countsJSON []byte

var measured = must[map[string]counts](countsJSON)

// flow returns what a flow takes. It panics for one that counts.json does not have.
func flow(name string) counts {
	c, ok := measured[name]
	if !ok {
		panic("counts.json has no " + name)
	}
	return c
}

// Assumptions. docs/costs.md states them.
const (
	memory = 256.0 / 1024 // GB of each function
	short  = 0.020        // seconds that an invocation is billed beside its waits
	waits  = 60           // seconds that a job waits for a slow service
)

// bill is what a flow costs.
func (c counts) bill() bill {
	return append(lambdaBill(c.Invocations, c.Seconds),
		item{"write units", c.Writes + c.IndexWrites},
		item{"read units", c.Reads},
		item{"AppSync operations", float64(c.Operations)},
		item{"event operations", float64(c.Published)})
}

// lambdaBill is what invocations cost that wait for so many seconds in all.
func lambdaBill(invocations int, seconds float64) bill {
	return bill{
		{"Lambda requests", float64(invocations)},
		{"GB-seconds", memory * (seconds + short*float64(invocations))},
	}
}

// wait is the part of a bill that is the waiting.
func wait(seconds float64) bill { return bill{{"GB-seconds", memory * seconds}} }
