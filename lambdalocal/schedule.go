package lambdalocal

import (
	"fmt"
	"regexp"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// ScheduleKind is the service that sends a schedule's events.
type ScheduleKind string

const (
	// EventBridgeRule is a rule with a rate, in templates of SAM an event of type
	// Schedule. Its first event comes one interval after its creation. AWS promises
	// only that it starts then, so do not rely on an earlier one.
	//
	// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
	EventBridgeRule ScheduleKind = "EventBridge rule"

	// EventBridgeScheduler is a schedule with a rate and no start date, in templates
	// of SAM an event of type ScheduleV2. Its first event comes at once. Its events
	// have the detail "{}", which is a string.
	//
	// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
	EventBridgeScheduler ScheduleKind = "EventBridge Scheduler"
)

// ScheduleOptions configures a schedule.
type ScheduleOptions struct {
	// Kind is EventBridgeRule, the default, or EventBridgeScheduler.
	Kind ScheduleKind

	// Name is part of the ARN in the events: 1 to 64 letters, digits, dots, hyphens
	// and underscores. The default is the function's name.
	Name string
}

// scheduleName is the pattern of PutRule and of CreateSchedule.
var scheduleName = regexp.MustCompile(`^[0-9a-zA-Z._-]{1,64}$`)

// schedule sends events to one function.
type schedule struct {
	fn      *Function
	every   time.Duration
	options ScheduleOptions
}

// Schedule queues an event for the function at each interval, until Close: a multiple of
// a minute, which Options.WaitScale scales. Lambda's queue treats it as any other
// asynchronous event: a failed one is retried, and does not hold up the next.
//
// Both services deliver at least once. Faults.LostResponse and Faults.Duplicate make
// copies, with one id.
//
// Schedule panics if the interval or an option is out of range.
func (f *Function) Schedule(every time.Duration, opts ...func(*ScheduleOptions)) error {
	s := &schedule{fn: f, every: every, options: ScheduleOptions{Kind: EventBridgeRule, Name: f.name}}
	option.Apply("lambdalocal: Schedule", &s.options, opts)
	s.check()
	if err := f.local.begin(); err != nil {
		return err
	}
	go func() {
		defer f.local.work.Done()
		s.run()
	}()
	return nil
}

func (s *schedule) check() {
	refuse(s.every < time.Minute || s.every%time.Minute != 0, "Schedule: every is %v, want whole minutes", s.every)
	kind, name := s.options.Kind, s.options.Name
	refuse(kind != EventBridgeRule && kind != EventBridgeScheduler,
		"Schedule: ScheduleOptions.Kind is %q, want %q or %q", kind, EventBridgeRule, EventBridgeScheduler)
	refuse(!scheduleName.MatchString(name),
		"Schedule: ScheduleOptions.Name is %q, want 1 to 64 letters, digits, dots, hyphens and underscores", name)
}

// run keeps to the times that the first event sets, however late an event was.
func (s *schedule) run() {
	local := s.fn.local
	next := time.Now()
	if s.options.Kind == EventBridgeRule {
		next = next.Add(local.scaled(s.every))
	}
	for sleep(local.ctx, time.Until(next)) {
		if s.send() != nil { // closed
			return
		}
		next = next.Add(local.scaled(s.every))
	}
}

// send queues an event, twice if the answer of the first call is lost.
func (s *schedule) send() error {
	inv := s.invocation()
	inv.note("scheduled")
	if err := inv.enqueue(true); err != nil {
		return err
	}
	if faults := s.fn.local.faults; faults.strikes(faults.LostResponse, "lost response", inv) {
		inv.note("fault: the response is lost")
		again := newInvocation(s.fn, inv.arn)
		again.payload = inv.payload
		return again.enqueue(true)
	}
	return nil
}

func (s *schedule) invocation() *invocation {
	inv := newInvocation(s.fn, s.fn.ARN())
	inv.follow("") // begins a chain
	inv.payload = s.event(time.Now())
	return inv
}

// scheduledEvent has the members of both services' events, in the order of the captures.
//
// Source: localstack/localstack 125e93d7, tests/aws/services/events/test_events_schedule.snapshot.json,
// tests_schedule_target_sqs, is a rule's. One of EventBridge Scheduler, with the id
// d565d36f-a484-46ca-8ca8-ff01feb2c827, is in a comment of KWLandry-acoustic/S3DropBucket.
type scheduledEvent struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"` // in whole seconds
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}

func (s *schedule) event(now time.Time) []byte {
	options := s.fn.local.options
	e := scheduledEvent{
		Version: "0", ID: newUUID(), DetailType: "Scheduled Event",
		Account: options.AccountID, Time: now.UTC().Format(time.RFC3339), Region: options.Region,
	}
	service, resource := "events", "rule/"
	e.Source, e.Detail = "aws.events", struct{}{}
	if s.options.Kind == EventBridgeScheduler {
		service, resource = "scheduler", "schedule/default/"
		e.Source, e.Detail = "aws.scheduler", "{}"
	}
	e.Resources = []string{fmt.Sprintf("arn:aws:%s:%s:%s:%s%s", service, options.Region, options.AccountID, resource, s.options.Name)}
	return marshal(e)
}
