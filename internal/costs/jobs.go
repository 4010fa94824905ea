package main

// path is a way to run a job, by the name of its flow in counts.json.
type path struct{ flow, name string }

var paths = []path{
	{"worker", "pattern 1: `jobtask.Worker`"},
	{"worker, ten reports", "the same, with ten reports of progress"},
	{"worker, 10 KB", "the same, with an answer of 10 KB"},
	{"worker, snooze", "the same, with `jobstore.Snooze` for the wait"},
	{"stream", "pattern 1: `jobstream.New`, without an index"},
	{"appsync", "pattern 1 behind AppSync: `appsyncstore`"},
	{"self-invoke", "pattern 2: `selfinvoke`"},
	{"self-invoke with a job", "pattern 2 with a job: `jobtask.New`"},
}

// million is what a million jobs of a flow cost, and what they cost without their waits.
func million(name string) (all, rest float64) {
	c := flow(name)
	all = c.bill().million()
	return all, all - wait(c.Seconds).million()
}

func jobsTable() section {
	rows := [][]string{{"path", "one job takes", "a million jobs", "without the wait"}}
	for _, p := range paths {
		all, rest := million(p.flow)
		rows = append(rows, []string{p.name, flow(p.flow).bill().String(), dollars(all), dollars(rest)})
	}
	push := eventsBill(1)
	rows = append(rows, []string{"added by `jobevents`, with one page that watches", push.String(), dollars(push.million()), dollars(push.million())})
	return section{"docs/costs.md", table(rows)}
}

// Assumptions about the schedule of a worker.
const (
	sweeps       = 60 * 730 // a month, one each minute
	sweepSeconds = 0.2      // of an invocation with 16 queries
)

// scan is what a schedule reads in a month from a table of so many MB without an index:
// queries of AppSync for a page of 1 MB each, not consistent.
func scan(mb float64) (queries, reads float64) {
	return mb * sweeps, mb * 1024 / 4 / 2 * sweeps
}

// month is what the schedule costs in one.
func month() float64 {
	c := flow("sweep")
	c.Seconds = sweepSeconds - short
	return c.bill().million() / 1e6 * sweeps
}
