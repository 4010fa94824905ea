package main

import (
	"fmt"
	"math"
	"time"
)

// changes is how often a busy job changes in a minute.
const changes = 12

// ways are those in which a page can watch.
var ways = []string{"server-sent events", "long polls of 20 s", "a plain GET every 2 s", "a plain GET every 10 s"}

// watchingTable is for one watcher and one minute, of a job that does not change and of
// one that does.
func watchingTable() section {
	rows := [][]string{{"one watcher, one minute", "GB-seconds", "requests", "reads", "a million minutes"}}
	for _, way := range ways {
		rows = append(rows, watchingRow(way, flow(way), flow(way+", busy")))
	}
	idle, busy := bill{{"connection minutes", 1}}, bill{{"connection minutes", 1}, {"event operations", 2 * changes}}
	rows = append(rows, []string{"AppSync Events, without a function", "0", "0", "0", dollars(idle.million()) + " / " + dollars(busy.million())})
	return section{"docs/watching.md", table(rows)}
}

func watchingRow(way string, idle, busy counts) []string {
	second := func(c counts) float64 { return lambdaBill(c.Invocations, c.Seconds)[1].n }
	return []string{
		way,
		fmt.Sprintf("%.2f / %.2f", second(idle), second(busy)),
		fmt.Sprintf("%d / %d", idle.Invocations, busy.Invocations),
		fmt.Sprintf("%.0f / %.0f", idle.Reads, busy.Reads),
		dollars(idle.bill().million()) + " / " + dollars(busy.bill().million()),
	}
}

// longest are the values of MaxWatch that are compared.
var longest = []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, watched}

// watched is how long a page stays that connects again and again.
const watched = 15 * time.Minute

func watchesOf(longest time.Duration) string { return "watches of " + longest.String() }

// longestTable is for a job that does not change: what a minute costs with a client that stays,
// and what is billed after a client has hung up.
func longestTable() section {
	rows := [][]string{{"`Options.MaxWatch`", "a client that stays, a million minutes", "clients that have hung up, a million at most"}}
	for _, l := range longest {
		stays := flow(watchesOf(l)).bill().million() / watched.Minutes()
		rows = append(rows, []string{fmt.Sprintf("%.0f s", l.Seconds()), dollars(stays), dollars(wait(l.Seconds()).million())})
	}
	return section{"docs/watching.md", table(rows)}
}

// pushTable is for one subscriber of a busy job that takes a minute, with views of 5 KB
// and of 50 KB.
func pushTable() section {
	rows := [][]string{{"way", "5 KB", "50 KB"}}
	for _, w := range []struct {
		name string
		bill func(kb float64) bill
	}{
		{"GET every 2 s, function URL", func(kb float64) bill { return sized(flow("a plain GET every 2 s, busy"), kb) }},
		{"AppSync Events, `jobevents`", eventsBill},
		{"AppSync GraphQL, `examples/publishqueryjob`", graphQLBill},
		{"server-sent events, function URL", func(kb float64) bill { return sized(flow("server-sent events, busy"), kb) }},
	} {
		rows = append(rows, []string{w.name, dollars(w.bill(5).million()), dollars(w.bill(50).million())})
	}
	return section{"docs/push.md", table(rows)}
}

// sized is the bill of a flow that reads a record of this size.
func sized(c counts, kb float64) bill {
	c.Reads *= math.Ceil(kb / 4)
	return c.bill()
}

// publisherAndLook has an invocation for each change, and the GET of a page that has
// subscribed.
func publisherAndLook(kb float64) bill {
	return sized(counts{Invocations: flow("events").Invocations + 1, Reads: 1}, kb)
}

// eventsBill has the publishing function, and beside publications and deliveries three
// operations: to connect, to subscribe, and the namespace's handler.
func eventsBill(kb float64) bill {
	published := flow("events").Published
	operations := float64(published+changes)*math.Ceil(kb/5) + 3
	return append(publisherAndLook(kb), item{"event operations", operations}, item{"connection minutes", 1})
}

// graphQLBill has a mutation for each change, and two updates to connect and to
// subscribe.
func graphQLBill(kb float64) bill {
	mutations := flow("events").Published
	return append(publisherAndLook(kb),
		item{"AppSync operations", float64(mutations)}, item{"AppSync updates", changes*math.Ceil(kb/5) + 2}, item{"connection minutes", 1})
}
