package main

// Assumptions about other services. Each job has a function that submits it, as here.
const (
	kilobytes    = 2           // of input and output that a durable function writes
	expressGB    = 64.0 / 1024 // the least memory that an Express workflow is billed
	sqsRequests  = 3           // send, receive, delete: a message in a batch of its own
	oneState     = 1           // state transitions: a task that calls the function
	startAndStep = 2           // durable operations
	twoSteps     = 4           // durable operations: start, step, wait, step
)

// other is the job of [waits] seconds elsewhere.
type other struct {
	name    string
	seconds float64
	bill    bill
}

func others() []other {
	own := func(name, path string) other { return other{name, flow(path).Seconds, flow(path).bill()} }
	and := func(invocations int, seconds float64, more ...item) bill {
		return append(lambdaBill(invocations, seconds), more...)
	}
	written := item{"durable GB", kilobytes / 1e6}
	return []other{
		own("this library, pattern 1: `jobtask.Worker`", "worker"),
		own("this library, pattern 2 with a job: `jobtask.New`", "self-invoke with a job"),
		{"SQS and a function", waits, and(2, waits, item{"SQS requests", sqsRequests})},
		{"Step Functions Standard, one task", waits, and(2, waits, item{"state transitions", oneState})},
		{"Step Functions Express, one task", waits, and(2, waits, item{"Express requests", 1}, item{"Express GB-seconds", expressGB * waits})},
		{"durable function, one step", waits, and(2, waits, item{"durable operations", startAndStep}, written)},
		own("this library, pattern 1, `jobstore.Snooze` for the wait", "worker, snooze"),
		{"durable function: a step, a wait, a step", 0, and(3, 0, item{"durable operations", twoSteps}, written)},
	}
}

func othersTable() section {
	rows := [][]string{{"way", "one job takes", "a million jobs", "without the wait"}}
	for _, o := range others() {
		all := o.bill.million()
		rows = append(rows, []string{o.name, o.bill.String(), dollars(all), dollars(all - wait(o.seconds).million())})
	}
	return section{"docs/costs.md", table(rows)}
}
