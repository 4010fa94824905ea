package samlocal

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// rate is the expression of an interval. The unit of 1 is singular.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
var rate = regexp.MustCompile(`^rate\((?:1 (minute|hour|day)|([1-9]\d*) (minute|hour|day)s)\)$`)

// interval returns the time between two events of a rate.
func interval(expression string) (time.Duration, error) {
	m := rate.FindStringSubmatch(expression)
	if m == nil || m[2] == "1" {
		return 0, fmt.Errorf("%q is not a rate", expression)
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	if m[1] != "" {
		return units[m[1]], nil
	}
	n, err := strconv.Atoi(m[2])
	return time.Duration(n) * units[m[3]], err
}

// addRule adds an EventBridge rule, addSchedule a schedule of EventBridge Scheduler.
func addRule(fn *lambdalocal.Function, p *object) error {
	return every(fn, p, "Schedule", lambdalocal.EventBridgeRule)
}

func addSchedule(fn *lambdalocal.Function, p *object) error {
	return every(fn, p, "ScheduleExpression", lambdalocal.EventBridgeScheduler)
}

func every(fn *lambdalocal.Function, p *object, property string, kind lambdalocal.ScheduleKind) error {
	p.ignore("Description")
	each, err := interval(p.text(property))
	if err != nil {
		return err
	}
	return fn.Schedule(each, func(o *lambdalocal.ScheduleOptions) { o.Kind = kind })
}
