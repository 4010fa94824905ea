package jobevents

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// change is a state of a job that is to be published.
type change struct {
	job, sequence string
	channel       string
	event         json.RawMessage
	err           error // of the publication
}

// changes are those of one invocation, in the order of the stream.
type changes struct{ all []*change }

type changesKey struct{}

// collect returns a dispatcher that adds the changes in a batch to the changes of its
// context.
func collect[Out any](o *Options) *streamproc.Dispatcher {
	return dispatcher(o, func(ctx context.Context, j *job[Out], sequence string) error {
		channel, err := o.channel(j.ID, j.Caller)
		if err != nil || channel == "" {
			return err
		}
		_, event, err := fit(j, o.MaxEventBytes)
		if err == nil {
			c := ctx.Value(changesKey{}).(*changes)
			c.all = append(c.all, &change{job: j.ID, sequence: sequence, channel: channel, event: event})
		}
		return err
	})
}

// newest drops the older states of jobs that have several. Events are states, so subscribers
// need only the newest.
func (c *changes) newest() {
	last := map[string]*change{}
	for _, n := range c.all {
		last[n.job] = n
	}
	c.all = slices.DeleteFunc(c.all, func(n *change) bool { return last[n.job] != n })
}

// maxBatch is how many events a request has at most.
//
// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html
const maxBatch = 5

// requests returns the changes by channel, in groups that fit into a request.
func (c *changes) requests() (groups [][]*change) {
	open := map[string]int{} // the group of a channel that has room
	for _, n := range c.all {
		i, ok := open[n.channel]
		if !ok || len(groups[i]) == maxBatch {
			i = len(groups)
			open[n.channel] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], n)
	}
	return groups
}
