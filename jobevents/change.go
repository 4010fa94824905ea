package jobevents

import (
	"context"
	"encoding/json"

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
	return streamproc.New(func(ctx context.Context, r streamproc.Record[image]) error {
		if r.Old != nil && same(&o.Layout, *r.Old, *r.New) || !r.New.isJob(&o.Layout) {
			return nil
		}
		c, err := newChange[Out](o, *r.New)
		if err == nil && c.channel != "" {
			c.sequence = r.SequenceNumber
			ctx.Value(changesKey{}).(*changes).add(c)
		}
		return err
	}, func(s *streamproc.Options) { s.Logger, s.Filter = o.Logger, o.filter() })
}

// filter skips what DynamoDB and its time to live remove, and items that are not jobs.
func (o *Options) filter() streamproc.Filter {
	f := streamproc.Where(func(r *streamproc.RawRecord) bool { return r.Operation != streamproc.Remove })
	if m := o.Layout.Marker; m.Name != "" {
		f = f.Having(m.Name, m.Value)
	}
	return f
}

func newChange[Out any](o *Options, m image) (*change, error) {
	j, err := decode[Out](&o.Layout, m)
	if err != nil {
		return nil, err
	}
	channel, err := o.channel(j.ID, j.Caller)
	if err != nil || channel == "" {
		return &change{}, err
	}
	event, err := encode(j, o.MaxEventBytes)
	return &change{job: j.ID, channel: channel, event: event}, err
}

// add replaces an older state of the same job. Events are states, so subscribers need only
// the newest.
func (c *changes) add(n *change) {
	for i, old := range c.all {
		if old.job == n.job {
			c.all = append(c.all[:i], c.all[i+1:]...)
			break
		}
	}
	c.all = append(c.all, n)
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
