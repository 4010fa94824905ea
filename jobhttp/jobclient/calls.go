package jobclient

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// CreateOptions are the optional settings of [Client.Create].
type CreateOptions struct {
	// IdempotencyKey makes two creates with the same input one job. With another input the
	// second one fails with [ErrConflict]. Default a random one.
	IdempotencyKey string
}

// Create submits a job. Its input is sent as JSON.
func (c *Client[In, Out]) Create(ctx context.Context, input In, opts ...func(*CreateOptions)) (job jobhttp.View[Out], err error) {
	o := CreateOptions{IdempotencyKey: rand.Text()}
	option.Apply("jobclient: Create", &o, opts)
	body, err := json.Marshal(&input) // methods of pointers are found through one
	if err != nil {                   // a method's error may quote a value
		return job, &Error{Op: "create", Err: fmt.Errorf("%w: the input of type %T does not encode as JSON", jobstore.ErrInvalid, input)}
	}
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {o.IdempotencyKey}}
	return c.job(ctx, call{op: "create", method: http.MethodPost, path: "/", header: header, body: body})
}

// Get returns a job.
func (c *Client[In, Out]) Get(ctx context.Context, id string) (job jobhttp.View[Out], err error) {
	return c.about(ctx, "get", http.MethodGet, id)
}

// Cancel ends a job before its time, and returns it, also if it was canceled before. It
// fails with [jobstore.ErrFinished] if the job has ended otherwise.
func (c *Client[In, Out]) Cancel(ctx context.Context, id string) (job jobhttp.View[Out], err error) {
	return c.about(ctx, "cancel", http.MethodDelete, id)
}

func (c *Client[In, Out]) about(ctx context.Context, op, method, id string) (job jobhttp.View[Out], err error) {
	call, err := forJob(op, method, id, "")
	if err != nil {
		return job, err
	}
	return c.job(ctx, call)
}

// job returns the job of a call, which must be the one that was asked for.
func (c *Client[In, Out]) job(ctx context.Context, call call) (job jobhttp.View[Out], err error) {
	err = c.fetch(ctx, call, &job)
	if err == nil {
		err = answered(call, job)
	}
	if err != nil {
		return jobhttp.View[Out]{}, err
	}
	return job, nil
}

// Wait returns a job when it is finished. A job that failed is not an error: see its Status.
func (c *Client[In, Out]) Wait(ctx context.Context, id string) (job jobhttp.View[Out], err error) {
	for job, err = range c.Watch(ctx, id) {
	}
	return job, err
}

// mostEmpty is how many pages without a job List reads in turn. A server may leave out all
// jobs of a page, but not forever.
const mostEmpty = 1000

// List returns the caller's own jobs, newest first, as their pages are read. It ends with
// an error if one cannot be read.
func (c *Client[In, Out]) List(ctx context.Context) iter.Seq2[jobhttp.View[Out], error] {
	return func(yield func(jobhttp.View[Out], error) bool) {
		for cursor, empty := "", 0; empty < mostEmpty; empty++ {
			var page struct {
				Jobs []jobhttp.View[Out] `json:"jobs"`
				Next string              `json:"next"`
			}
			list := call{op: "list", method: http.MethodGet, path: "/" + cursor}
			err := c.fetch(ctx, list, &page)
			if err == nil && page.Jobs == nil {
				err = list.lacks("jobs")
			}
			if err != nil {
				yield(jobhttp.View[Out]{}, err)
				return
			}
			for _, job := range page.Jobs {
				if err := answered(list, job); err != nil {
					yield(jobhttp.View[Out]{}, err)
					return
				}
				empty = -1
				if !yield(job, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			cursor = "?cursor=" + url.QueryEscape(page.Next)
		}
		yield(jobhttp.View[Out]{}, &Error{Op: "list", Err: fmt.Errorf("%d pages in turn have no job", mostEmpty)})
	}
}
