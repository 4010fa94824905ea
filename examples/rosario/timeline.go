package main

import (
	"regexp"
	"strconv"
	"strings"
)

// ran is one attempt of an invocation of a function. Times are in seconds since the start of the program.
type ran struct {
	Function string  `json:"function"`
	Request  string  `json:"request"`
	Trigger  string  `json:"trigger"` // stream, event or request
	Queued   float64 `json:"queued,omitzero"`
	Start    float64 `json:"start"`
	End      float64 `json:"end,omitzero"` // zero while it runs
	Failed   bool    `json:"failed,omitzero"`

	started, scheduled bool
}

// traceLine is a line of lambdalocal's Trace: time, function, request ID, what happened.
var traceLine = regexp.MustCompile(`^\s*([0-9.]+) s  (\S+) +([0-9a-f]{8})  (.*)$`)

// invocations returns what ran, in the order of the trace. It leaves out the sweeps that
// found nothing to do.
func invocations(trace string) []ran {
	byRequest := map[string]*ran{}
	var order []*ran
	for line := range strings.Lines(trace) {
		m := traceLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		i := byRequest[m[3]]
		switch {
		case i == nil:
			i = &ran{Function: m[2], Request: m[3], Trigger: "request"}
		case i.started && m[4] == "started": // Lambda tries again
			i = &ran{Function: m[2], Request: m[3], Trigger: i.Trigger, scheduled: i.scheduled}
		}
		if byRequest[m[3]] != i {
			byRequest[m[3]], order = i, append(order, i)
		}
		at, err := strconv.ParseFloat(m[1], 64)
		if err == nil {
			i.note(at, m[4])
		}
	}
	var out []ran
	for _, i := range order {
		if i.started && !i.idle() {
			out = append(out, *i)
		}
	}
	return out
}

// note takes in a line of the trace.
func (i *ran) note(at float64, what string) {
	switch word, _, _ := strings.Cut(what, " "); word {
	case "scheduled":
		i.scheduled = true
	case "queued":
		i.Trigger, i.Queued = "event", at
	case "batch":
		i.Trigger = "stream"
	case "started":
		i.Start, i.started = at, true
	case "returned", "failed":
		i.End, i.Failed = at, word == "failed"
	}
}

// idle is true of a scheduled event that was over in no time: a sweep without work.
func (i *ran) idle() bool {
	return i.scheduled && i.End != 0 && !i.Failed && i.End-i.Start < 0.05
}
