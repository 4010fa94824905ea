package jobstoretest

import (
	"slices"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// check is one subtest of Run. It is left out when the store lacks what it needs.
type check struct {
	name    string
	check   func(*fixture)
	setting *setting           // nil is the plain Config
	of      *optionalInterface // nil is JobStore itself
}

// setting is a part of Config that a store may not have.
type setting struct {
	name  string
	apply func(*Config)
}

var (
	history = &setting{"Config.History", func(c *Config) { c.History = true }}
	holding = &setting{"Config.OnLeaseExpiry hold", func(c *Config) { c.OnLeaseExpiry = jobstore.Hold }}
	keeping = &setting{"Config.Retention", func(c *Config) { c.Retention = kept }}
)

// optionalInterface is one that a store may have besides JobStore.
type optionalInterface struct {
	name string
	in   func(jobstore.JobStore[string, string]) bool
}

var (
	canceler     = &optionalInterface{"jobstore.Canceler", has[jobstore.Canceler[string, string]]}
	jobCanceler  = &optionalInterface{"jobstore.JobCanceler", has[jobstore.JobCanceler[string, string]]}
	sweeper      = &optionalInterface{"jobstore.Sweeper", has[jobstore.Sweeper]}
	retrier      = &optionalInterface{"jobstore.Retrier", has[jobstore.Retrier[string, string]]}
	lister       = &optionalInterface{"jobstore.Lister", has[jobstore.Lister]}
	callerLister = &optionalInterface{"jobstore.CallerLister", has[jobstore.CallerLister]}
	rearmer      = &optionalInterface{"jobstore.Rearmer", has[jobstore.Rearmer]}
	picker       = &optionalInterface{"jobstore.Picker", has[jobstore.Picker]}
)

// with is of a store that has two interfaces.
func with(a, b *optionalInterface) *optionalInterface {
	return &optionalInterface{a.name + " and a " + b.name, func(store jobstore.JobStore[string, string]) bool { return a.in(store) && b.in(store) }}
}

func has[T any](store jobstore.JobStore[string, string]) bool {
	_, ok := jobstore.As[T](store)
	return ok
}

// run checks a new store, or returns why the check is left out.
func (c *check) run(t *testing.T, newStore NewStore, o Options) (leftOut string) {
	if slices.Contains(o.Lacks, c.name) {
		return "Options.Lacks has it"
	}
	f := newFixture(t, newStore, c.setting)
	switch {
	case f.store == nil && c.setting == nil:
		t.Fatal("newStore returned nil for a Config that every store has")
	case f.store == nil:
		return "newStore returned nil for " + c.setting.name
	case c.of != nil && !c.of.in(f.store):
		return "the store is not a " + c.of.name
	}
	f.rounds = o.Rounds
	c.check(f)
	return ""
}

var checks = []check{
	{name: "1 idempotent create/stores a pending job", check: createStores},
	{name: "1 idempotent create/returns the first job", check: createIdempotent},
	{name: "1 idempotent create/makes IDs in order of time", check: createOrdered},
	{name: "1 idempotent create/shares no metadata", check: createMetadata},
	{name: "1 idempotent create/keeps the caller", check: createCaller},
	{name: "1 idempotent create/refuses a caller", check: createCallerRefused},
	{name: "1 idempotent create/counts the caller in the size", check: createCallerSize},
	{name: "1 idempotent create/has the caller reopened", check: createCallerReopened, of: retrier},
	{name: "2 claim/raises the attempt and takes the lease", check: claimTakes},
	{name: "2 claim/has one winner", check: claimOneWinner},
	{name: "2 claim/losers learn why", check: claimLosers},
	{name: "2 claim/takes over when the lease has run out", check: claimTakesOver},
	{name: "2 claim/has one winner of a lease that has run out", check: claimOneHeir},
	{name: "2 claim/settles an exhausted job", check: claimExhausted},
	{name: "2 claim/one claim is told that the job was abandoned", check: claimAbandoned},
	{name: "2 claim/an abandoned job has no detail of an earlier attempt", check: claimReplaces},
	{name: "2 claim/not before the job is due", check: claimNotDue},
	{name: "3 fence/report stores progress and lease", check: reportStores},
	{name: "3 fence/report stores when it came", check: reportUpdates},
	{name: "3 fence/report", check: reportFenced},
	{name: "3 fence/settle", check: settleFenced},
	{name: "3 fence/settle stores an output", check: settleComplete},
	{name: "3 fence/settle stores an error", check: settleError},
	{name: "3 fence/settle stores the error's detail", check: settleDetail},
	{name: "3 fence/settle to pending is claimed again", check: settlePending},
	{name: "3 fence/an attempt that does not count", check: settleUncounted},
	{name: "3 fence/uncounted is ignored unless the job is tried again", check: settleUncountedEnd},
	{name: "3 fence/no foreign outcome is taken for its own", check: settleForeign},
	{name: "4 final/no write changes a finished job", check: settleFinal},
	{name: "5 repeatable/claim", check: claimRepeats},
	{name: "5 repeatable/settle", check: settleRepeats},
	{name: "5 repeatable/a late copy of a claim", check: claimLate},
	{name: "5 repeatable/a late copy of a claim, by clocks that step", check: waitClock},
	{name: "5 repeatable/a late copy of a report", check: reportLate},
	{name: "5 repeatable/a claim numbers its reports from 1", check: reportRestarts},
	{name: "5 repeatable/a late copy of a settle", check: settleLate},
	{name: "5 repeatable/a late copy of a cancel", check: cancelLate, of: canceler},
	{name: "6 lease/held by the job's choice", check: holdByJob},
	{name: "6 lease/held by the store's choice", check: holdByStore, setting: holding},
	{name: "6 lease/the job's choice goes first", check: runAgainByJob, setting: holding},
	{name: "8 bad input/create", check: createRefuses},
	{name: "8 bad input/get", check: getRefuses},
	{name: "8 bad input/claim", check: claimRefuses},
	{name: "8 bad input/report", check: reportRefuses},
	{name: "8 bad input/settle", check: settleRefuses},
	{name: "8 bad input/cancel", check: cancelRefuses, of: canceler},
	{name: "8 bad input/text that is not UTF-8", check: textRefused},
	{name: "8 bad input/values", check: valuesRefused},
	{name: "8 bad input/an expiry in the past", check: expiryRefused},
	{name: "8 bad input/a retention", check: retentionRefused},
	{name: "8 bad input/too large to create", check: tooLargeInput},
	{name: "8 bad input/the largest input can be completed", check: largestInput},
	{name: "8 bad input/and has room for a history", check: largestInput, setting: history},
	{name: "8 bad input/too large to settle", check: tooLargeOutput},
	{name: "9 waiting/a start in the future", check: waitStart},
	{name: "9 waiting/a start that has come", check: waitStarted},
	{name: "9 waiting/a start that is refused", check: waitStartRefused},
	{name: "9 waiting/after an attempt", check: waitReturned},
	{name: "9 waiting/not into the past", check: waitPast},
	{name: "9 waiting/not after the end", check: waitEnded},
	{name: "9 waiting/a due time that is refused", check: waitRefused},
	{name: "9 waiting/is canceled", check: waitCanceled, of: canceler},
	{name: "9 waiting/counts the attempts that did not count", check: waitCounts},
	{name: "partial/stores the output so far", check: partialStores},
	{name: "partial/is fenced", check: partialFenced},
	{name: "partial/a late copy", check: partialLate},
	{name: "partial/ends with its attempt", check: partialRemoved},
	{name: "partial/ends with the claim of the next worker", check: partialTakenOver},
	{name: "partial/ends with an abandoned job", check: partialAbandoned},
	{name: "partial/ends with a cancel", check: partialCanceled, of: canceler},
	{name: "partial/bad input", check: partialRefused},
	{name: "partial/leaves room for what is written later", check: partialLeavesRoom},
	{name: "TTL/an expired job is not there", check: getExpired},
	{name: "TTL/the worker of an expired job has lost its lease", check: workerOfExpired},
	{name: "TTL/an expired job is not canceled", check: cancelExpired, of: canceler},
	{name: "retention/is the creator's or else the store's", check: retentionApplies, setting: keeping},
	{name: "retention/ends the job", check: retentionEnds, setting: keeping},
	{name: "retention/a repeated create", check: retentionRepeated, setting: keeping},
	{name: "retention/does not begin anew with work", check: retentionStays, setting: keeping},
	{name: "retention/begins anew with a retry", check: retentionRetried, of: retrier, setting: keeping},
	{name: "cancel/a pending job", check: cancelPending, of: canceler},
	{name: "cancel/leaves no detail of an earlier attempt", check: cancelReplaces, of: canceler},
	{name: "cancel/takes the job from its worker", check: cancelProcessing, of: canceler},
	{name: "cancel/a finished job", check: cancelFinished, of: canceler},
	{name: "cancel/ends the handler with its cause", check: cancelEndsHandler, of: canceler},
	{name: "cancel/of a job that was read", check: cancelJob, of: jobCanceler},
	{name: "cancel/leaves a successor alone", check: cancelJobOfSuccessor, of: jobCanceler},
	{name: "sweep/finds stuck jobs", check: sweepFinds, of: sweeper},
	{name: "sweep/finds a job that waits when it is due", check: sweepWaits, of: sweeper},
	{name: "list by caller/the caller's own jobs, newest first", check: listCallerOwn, of: callerLister},
	{name: "list by caller/in parts", check: listCallerPages, of: callerLister},
	{name: "list by caller/goes on behind a job that is gone", check: listCallerGone, of: callerLister},
	{name: "list by caller/a cursor of another caller shows nothing of theirs", check: listCallerForeign, of: callerLister},
	{name: "list by caller/bad input", check: listCallerRefuses, of: callerLister},
	{name: "rearm/a job that was started has its time", check: rearmWaits, of: rearmer},
	{name: "rearm/changes nothing else", check: rearmKeeps, of: rearmer},
	{name: "rearm/a job says when a sweep looks at it", check: rearmShows, of: rearmer},
	{name: "rearm/not what has changed since", check: rearmStale, of: rearmer},
	{name: "rearm/is safe to repeat", check: rearmRepeats, of: rearmer},
	{name: "rearm/can be taken back", check: rearmBack, of: rearmer},
	{name: "rearm/sweeps start a job once", check: rearmOnce, of: rearmer},
	{name: "pick/finds what waits for a worker", check: pickFinds, of: picker},
	{name: "pick/finds what a sweep has started", check: pickHandedOver, of: with(picker, rearmer)},
	{name: "pick/is bounded", check: pickBounded, of: picker},
	{name: "rearm/bad input", check: rearmRefuses, of: rearmer},
	{name: "retry/reopens a failed job", check: retryReopens, of: retrier},
	{name: "retry/reopens a job that is held", check: retryHeld, of: retrier},
	{name: "retry/gives it its attempts again", check: retryAttempts, of: retrier},
	{name: "retry/nothing else", check: retryRefuses, of: retrier},
	{name: "retry/no job that was canceled", check: retryCanceled, of: with(retrier, canceler)},
	{name: "retry/fences the worker of before", check: retryFences, of: retrier},
	{name: "retry/once", check: retryOnce, of: retrier},
	{name: "retry/puts the expiry off", check: retryExpiry, of: retrier},
	{name: "retry/a sweep starts it", check: retrySwept, of: with(retrier, sweeper)},
	{name: "retry/counts hand-overs anew", check: retryHandOvers, of: with(retrier, rearmer)},
	{name: "retry/is in the history", check: retryHistory, of: retrier, setting: history},
	{name: "list/has each job in its set", check: listSets, of: lister},
	{name: "list/canceled jobs are a set of their own", check: listCanceled, of: with(lister, canceler)},
	{name: "list/a reopened job", check: listReopened, of: with(lister, retrier)},
	{name: "list/hand-overs", check: listHandOvers, of: with(lister, rearmer)},
	{name: "list/jobs that wait", check: listWaiting, of: lister},
	{name: "list/errors", check: listErrors, of: lister},
	{name: "list/the error of the attempt before", check: listErrorsKept, of: lister},
	{name: "list/by age", check: listBounded, of: lister},
	{name: "list/by the age of the job", check: listCreated, of: lister},
	{name: "list/in order, in parts", check: listOrdered, of: lister},
	{name: "list/goes on behind a job that is gone", check: listGone, of: with(lister, retrier)},
	{name: "list/bad input", check: listRefuses, of: lister},
	{name: "sweep/not before a lease that was renewed ends", check: sweepRenewed, of: sweeper},
	{name: "sweep/a failing callback stops no other", check: sweepGoesOn, of: sweeper},
	{name: "history/has every transition", check: historyKept, setting: history},
	{name: "history/is bounded", check: historyBounded, setting: history},
	{name: "history/only when asked for", check: historyLeftOut},
}
