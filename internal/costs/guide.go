package main

import "fmt"

// guideLine is a line of the guide's cost comparison, for 1,000 requests in dollars, and
// what it is now.
type guideLine struct {
	what  string
	guide float64 // -1 where the guide has none
	now   bill
	why   string
}

func guideLines() (stream, invoke []guideLine) {
	one, two := flow("appsync"), flow("self-invoke")
	updates := float64(one.Operations-2) + 2 // the job's mutations but its creation; to connect and to subscribe
	seconds := func(c counts) bill { return lambdaBill(c.Invocations, c.Seconds)[1:] }
	stream = []guideLine{
		{"1: DynamoDB writes", 0.00125, bill{{"write units", one.Writes}}, "the price was halved in November 2024, but a job is written more than once"},
		{"1: subscription", 0.00025, bill{{"AppSync updates", updates}, {"connection minutes", 1}}, "AppSync bills each update and the connection; nothing is read"},
		{"1: stream", 0.00020, nil, "what Lambda reads of a stream is free"},
		{"1: AppSync operations", -1, bill{{"AppSync operations", float64(one.Operations)}}, "not in the guide"},
		{"1: Lambda invocations", 0.00040, bill{{"Lambda requests", float64(one.Invocations)}}, "right"},
		{"1: Lambda's time", -1, seconds(one), "not in the guide"},
	}
	invoke = []guideLine{
		{"2: Lambda invocations", 0.00040, bill{{"Lambda requests", float64(two.Invocations)}}, "right"},
		{"2: Lambda's time", -1, seconds(two), "not in the guide"},
	}
	return stream, invoke
}

// thousand has the digits that an amount for 1,000 jobs needs.
func thousand(d float64) string { return fmt.Sprintf("$%.5f", d) }

func guideTable() section {
	rows := [][]string{{"for 1,000 jobs", "the guide", "now", "why"}}
	stream, invoke := guideLines()
	for i, lines := range [][]guideLine{stream, invoke} {
		guide, now := 0.0, 0.0
		for _, l := range lines {
			said := "–"
			if l.guide >= 0 {
				said = thousand(l.guide)
			}
			guide, now = guide+max(l.guide, 0), now+l.now.million()/1000
			rows = append(rows, []string{l.what, said, thousand(l.now.million() / 1000), l.why})
		}
		rows = append(rows, []string{fmt.Sprintf("**%d: all**", i+1), thousand(guide), thousand(now), "the guide calls it \"per request\", and it is per thousand"})
	}
	return section{"docs/costs.md", table(rows)}
}
