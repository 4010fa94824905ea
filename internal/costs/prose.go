package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// The sentences of the documentation that have amounts. Everything else is written in
// the pages.

func inShort() section {
	waiting := wait(waits).million()
	least, most := extremes()
	worker, _ := million("worker")
	snooze, _ := million("worker, snooze")
	return section{"docs/costs.md", fmt.Sprintf(`- **Waiting is the bill.** A million jobs that wait for a minute in a function of 256 MB cost %s on every path; with
  128 MB they cost %s. All else that a job takes costs from %s to %s.
- **A write more or less is little.** Each write unit costs %s a million jobs, as much as %.1f s of waiting.
- **A wait need not be paid.** If the slow service works elsewhere, `+"`jobstore.Snooze`"+` ends the invocation: %s, not %s.`,
		dollars(waiting), dollars(waiting/2), least, most,
		exactly(bill{{"write units", 1}}.million()), bill{{"write units", 1}}.million()/wait(1).million(),
		dollars(snooze), dollars(worker))}
}

// extremes are the cheapest and the dearest path without the wait, and what they cost.
func extremes() (least, most string) {
	byRest := func(a, b path) int { return cmp.Compare(rest(a), rest(b)) }
	text := func(p path) string { return fmt.Sprintf("%s (%s)", dollars(rest(p)), p.name) }
	return text(slices.MinFunc(paths, byRest)), text(slices.MaxFunc(paths, byRest))
}

func rest(p path) float64 {
	_, rest := million(p.flow)
	return rest
}

func sweepSentence() section {
	return section{"docs/costs.md", fmt.Sprintf("The worker's schedule of one minute costs %s a month, however many jobs there are.", dollars(month()))}
}

// Assumptions about the storage of a job. docs/costs.md states them.
const (
	recordBytes   = 2048
	overheadBytes = 100 // that DynamoDB bills beside each item
)

func storageSentence() section {
	months := driver.DefaultRetention.Hours() / 730
	stored := (recordBytes + overheadBytes) / float64(1<<30)
	return section{"docs/costs.md", fmt.Sprintf("- Storage. Jobs expire after %.0f days by default, and DynamoDB deletes expired items at no cost. Until then a million records of 2 KB cost %s, with the 100 bytes that DynamoDB adds to each.",
		driver.DefaultRetention.Hours()/24, dollars(bill{{"GB-months", stored * months}}.million()))}
}

func amplifySentence() section {
	const mb = 30
	queries, reads := scan(mb)
	cost := bill{{"AppSync operations", queries}, {"read units", reads}}.million() / 1e6
	return section{"examples/amplify/README.md", fmt.Sprintf("With a sweep each minute, a table of %d MB costs %s a month: %.2f million queries and %.0f million read units.",
		mb, dollars(cost), queries/1e6, reads/1e6)}
}

func ratioSentence() section {
	one, oneRest := million("worker")
	two, twoRest := million("self-invoke")
	return section{"docs/costs.md", fmt.Sprintf("Pattern 2 is not five times cheaper: a million jobs of a minute cost %s there and %s with `jobtask.Worker`, %.0f %% more.\nWithout the wait it is %s and %s.",
		dollars(two), dollars(one), 100*(one/two-1), dollars(twoRest), dollars(oneRest))}
}

func readmeRow() section {
	_, one := million("worker")
	_, two := million("self-invoke")
	_, withJob := million("self-invoke with a job")
	return section{"README.md", row([]string{"a million jobs, [without the wait](docs/costs.md)", dollars(one), fmt.Sprintf("%s, with a job %s", dollars(two), dollars(withJob))})}
}

func faqSentence() section {
	one, oneRest := million("worker")
	return section{"docs/faq.md", fmt.Sprintf("A million jobs that wait for a minute cost %s with `jobtask.Worker`, and all but %s of it is the function's wait.", dollars(one), dollars(oneRest))}
}
