package samlocal

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

const queueType = "AWS::SQS::Queue"

// Queue keeps the messages that nothing else took.
type Queue struct {
	mu       sync.Mutex
	messages []string
}

// Queue returns a queue by its logical ID, or nil.
func (s *Stack) Queue(name string) *Queue { return s.queues[name] }

// Messages returns the bodies of the messages.
func (q *Queue) Messages() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.messages)
}

func (q *Queue) send(body string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = append(q.messages, body)
}

func (q *Queue) sendDeadLetter(d lambdalocal.DeadLetter) { q.send(string(d.Body)) }

func (q *Queue) sendFailure(f lambdalocal.StreamFailure) {
	body, _ := json.Marshal(f) // of strings and numbers
	q.send(string(body))
}

func (s *Stack) addQueue(name string, r *resource) {
	if r.kind == queueType {
		r.properties.ignore("MessageRetentionPeriod", "SqsManagedSseEnabled")
		s.queues[name] = &Queue{}
	}
}

// target is the queue whose ARN a member has.
func (o *object) target(name string) *Queue {
	want := o.text(name)
	for id, q := range o.stack.queues {
		if arn(queueType, id) == want {
			return q
		}
	}
	o.stack.failed(o.at(name), "%q is not a queue of the template", want)
	return &Queue{}
}
