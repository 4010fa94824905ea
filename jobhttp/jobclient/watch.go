package jobclient

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"mime"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
)

const (
	// silence is how long a connection may be silent: the server writes every 15 seconds.
	silence = 45 * time.Second

	// longPoll is how long the server is asked to wait.
	longPoll = 20 * time.Second
)

var (
	errSilent = fmt.Errorf("nothing was received for %v", silence)

	// errEnd ends a watch: the job is finished, or the caller has left the loop.
	errEnd = errors.New("the end")
)

// Watch returns the job now and after each change, until it is finished. It connects again
// as long as that can help: limit it by ctx. It ends with an error otherwise, such as when
// the job does not exist.
func (c *Client[In, Out]) Watch(ctx context.Context, id string) iter.Seq2[jobhttp.View[Out], error] {
	return func(yield func(jobhttp.View[Out], error) bool) {
		w := &watch[In, Out]{Client: c, id: id, yield: yield}
		connect := w.stream
		if c.opts.LongPoll {
			connect = w.poll
		}
		if err := w.run(ctx, connect); !errors.Is(err, errEnd) {
			yield(jobhttp.View[Out]{}, err)
		}
	}
}

type watch[In, Out any] struct {
	*Client[In, Out]
	id    string
	yield func(jobhttp.View[Out], error) bool

	last   string            // the version that was received last
	newest jobhttp.View[Out] // that the caller has
	alive  bool              // something was received by this connection
}

// run connects until the end, or until that cannot help.
func (w *watch[In, Out]) run(ctx context.Context, connect func(context.Context) error) error {
	for failures := 0; ; failures++ {
		w.alive = false
		err := connect(ctx)
		if w.alive {
			failures = 0
		}
		goesOn := err == nil && sleep(ctx, pause(failures)) || w.again(ctx, err, failures)
		switch {
		case errors.Is(err, errEnd):
			return err
		case ctx.Err() != nil:
			return &Error{Op: "watch", ID: w.id, Err: context.Cause(ctx)}
		case !goesOn:
			return err
		}
	}
}

// show passes on a view, unless it is older than the one that the caller has: another server
// may be behind. The end is always shown: the clock of who canceled a job may be behind, too.
func (w *watch[In, Out]) show(c call, version string, job jobhttp.View[Out]) error {
	if err := answered(c, job); err != nil {
		return err
	}
	w.last = version
	if !job.Status.Finished() && job.CreatedAt.Equal(w.newest.CreatedAt) && job.Version < w.newest.Version {
		return nil
	}
	w.newest = job
	if !w.yield(job, nil) || job.Status.Finished() {
		return errEnd
	}
	return nil
}

// poll asks for the first view at once, and then for the next one.
func (w *watch[In, Out]) poll(ctx context.Context) error {
	suffix, header := "", http.Header{}
	if w.last != "" {
		suffix, header = "?wait="+longPoll.String(), http.Header{"If-None-Match": {w.last}}
	}
	get, err := forJob("watch", http.MethodGet, w.id, suffix)
	if err != nil {
		return err
	}
	get.header = header
	ctx, cancel := context.WithTimeout(ctx, longPoll+w.opts.Timeout)
	defer cancel()
	resp, err := w.send(ctx, get)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	w.alive = true
	var job jobhttp.View[Out]
	if resp.StatusCode == http.StatusNotModified {
		return nil
	}
	if err := w.decode(get, resp, &job); err != nil {
		return err
	}
	return w.show(get, resp.Header.Get("ETag"), job)
}

// stream reads server-sent events until the connection ends.
func (w *watch[In, Out]) stream(ctx context.Context) error {
	get, err := forJob("watch", http.MethodGet, w.id, "/events")
	if err != nil {
		return err
	}
	get.header.Set("Accept", "text/event-stream")
	if w.last != "" {
		get.header.Set("Last-Event-ID", w.last)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer timer.Stop()
	resp, err := w.send(ctx, get)
	if err != nil {
		return silenced(ctx, get, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent && w.last != "" { // that was the last view
		return errEnd
	}
	if media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); media != "text/event-stream" {
		return get.broken(errors.New("not a stream of events"))
	}
	heard := func() { w.alive = true; timer.Reset(silence) }
	return silenced(ctx, get, w.read(get, listener{resp.Body, heard}))
}

// silenced says so if a connection was left because it was silent.
func silenced(ctx context.Context, c call, err error) error {
	if context.Cause(ctx) == errSilent && !errors.Is(err, errEnd) {
		return &Error{Op: c.op, ID: c.id, Err: errSilent, broken: true}
	}
	return err
}
