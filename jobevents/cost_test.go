package jobevents_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Prices in us-east-1, in dollars for a million.
//
// Sources: https://aws.amazon.com/appsync/pricing/, https://aws.amazon.com/lambda/pricing/,
// https://aws.amazon.com/dynamodb/pricing/on-demand/, read in November 2026
const (
	eventOperation   = 1.00 // of up to 5 KB: a publication, a delivery, a connection, a subscription, a handler
	graphQLOperation = 4.00 // a mutation
	graphQLUpdate    = 2.00 // of up to 5 KB: a delivery, a connection, a subscription
	connectionMinute = 0.08
	lambdaRequest    = 0.20
	lambdaSecond     = 13.3334 * 128 / 1024 // of arm64 with 128 MB
	tableRead        = 0.125                // of up to 4 KB, consistent
)

// TestPushCost computes the table of docs/push.md: what one subscriber of a million jobs
// costs, each of which takes a minute and changes ten times.
func TestPushCost(t *testing.T) {
	const changes, minutes, polls = 10, 1, 30
	publisher := changes * (lambdaRequest + 0.05*lambdaSecond)
	get := lambdaRequest + 0.02*lambdaSecond + tableRead
	chunks := func(kb int) float64 { return float64((kb + 4) / 5) }
	events := func(kb int) float64 {
		return publisher + get + (2*changes*chunks(kb)+3)*eventOperation + minutes*connectionMinute
	}
	graphQL := func(kb int) float64 {
		return publisher + get + changes*graphQLOperation + (changes*chunks(kb)+2)*graphQLUpdate + minutes*connectionMinute
	}
	page, err := os.ReadFile("../docs/push.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		fmt.Sprintf("| AppSync Events, `jobevents` | %.0f | %.0f |", events(5), events(50)),
		fmt.Sprintf("| AppSync GraphQL, `examples/publishqueryjob` | %.0f | %.0f |", graphQL(5), graphQL(50)),
		fmt.Sprintf("| GET every 2 s, function URL | %.0f | %.0f |", polls*get, polls*(get+12*tableRead)),
		fmt.Sprintf("| server-sent events, function URL | %.0f | %.0f |", lambdaRequest+60*lambdaSecond+60*tableRead, lambdaRequest+60*lambdaSecond+60*13*tableRead),
	} {
		t.Log(row)
		if !strings.Contains(string(page), row+"\n") {
			t.Errorf("docs/push.md has no %s", row)
		}
	}
}
