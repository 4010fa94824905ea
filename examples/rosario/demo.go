package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

type job = jobstore.Job[string, string]

func (a *app) welcome(w io.Writer) {
	body := slackMessage("Ev0LOCAL01", time.Now(), "What were sales last month?")
	fmt.Fprintf(w, "Jobs are kept in %s.\n\nAsk a question and watch its job:\n\n  %s\n\n", a.where, a.url)
	fmt.Fprintf(w, "Write to the Slack bot (the signature is valid for five minutes):\n\n  %s\n\nCtrl-C stops.\n", a.curl(body))
	go a.printReplies(w)
}

// printReplies prints the bot's replies until the process ends.
func (a *app) printReplies(w io.Writer) {
	for r := range a.standIns.replies {
		fmt.Fprintf(w, "\nSlack thread %s in %s: %s\n", r.Thread, r.Channel, r.Text)
	}
}

// demo runs one job and one Slack message from start to end. It fails if a step is
// missing.
func (a *app) demo(ctx context.Context, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	fmt.Fprintf(w, "Jobs are kept in %s.\n\n1. DynamoDB stream: a question outlives its request\n", a.where)
	for _, question := range []struct{ text, what string }{
		{"What were sales last month?", ""},
		{throttled, "the model answers with 429 and Retry-After: 1 first"},
		{deadly, "the worker is killed; the schedule finds the job when its lease has ended"},
	} {
		if question.what != "" {
			fmt.Fprintf(w, "\n   %s:\n", question.what)
		}
		if err := a.demoJob(ctx, w, question.text); err != nil {
			return fmt.Errorf("DynamoDB stream: %w", err)
		}
	}
	fmt.Fprintf(w, "\n2. Self-invoke: Slack gets its answer within three seconds\n")
	if err := a.demoSlack(ctx, w); err != nil {
		return fmt.Errorf("self-invoke: %w", err)
	}
	return nil
}

// demoJob asks a question over HTTP and watches its job as the page does.
func (a *app) demoJob(ctx context.Context, w io.Writer, question string) error {
	began := time.Now()
	body, err := json.Marshal(map[string]string{"query": question})
	if err != nil {
		return err
	}
	resp, err := send(ctx, a.url+"/query", body, nil)
	if err != nil {
		return err
	}
	var created job
	if err := json.Unmarshal(resp, &created); err != nil || created.ID == "" {
		return fmt.Errorf("the submission returned no job ID: %w", err)
	}
	fmt.Fprintf(w, "   job id returned after %.1f ms: %s, %s\n", milliseconds(began), created.ID, created.Status)
	printed := string(jobstore.Pending)
	seen, err := a.watch(ctx, created.ID, func(j job) {
		line := string(j.Status) + describe(j)
		if line == printed {
			return // the same, with more of the answer
		}
		printed = line
		fmt.Fprintf(w, "   %5.1f s  %-10s  %s\n", time.Since(began).Seconds(), j.Status, describe(j))
	})
	if err != nil {
		return err
	}
	return complete(seen)
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

// describe returns the job's progress, or its outcome.
func describe(j job) string {
	if j.Status == jobstore.Processing {
		return fmt.Sprintf("%3d %%  %s", j.Progress, j.ProgressMessage)
	}
	return j.Output + j.Error
}

// complete checks the states that were seen of a job.
func complete(seen []job) error {
	reported := false
	for _, j := range seen {
		reported = reported || j.Status == jobstore.Processing && j.Progress > 0
	}
	last := seen[len(seen)-1]
	if last.Status != jobstore.Complete || last.Output == "" {
		return fmt.Errorf("the job ended as %s: %s", last.Status, last.Error)
	}
	if !reported {
		return fmt.Errorf("the job never showed progress")
	}
	return nil
}

// watch reads the job's server-sent events until it is finished.
func (a *app) watch(ctx context.Context, id string, show func(job)) (seen []job, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/jobs/"+id+"/events", nil)
	if err != nil {
		return nil, err
	}
	resp, err := outbound.HTTP(time.Minute).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var j job
		if err := json.Unmarshal([]byte(data), &j); err != nil {
			return nil, err
		}
		show(j)
		seen = append(seen, j)
	}
	if len(seen) == 0 || !seen[len(seen)-1].Status.Finished() {
		return nil, fmt.Errorf("%s: the events ended before the job did", resp.Status)
	}
	return seen, nil
}

// demoSlack posts a signed message, and one with a forged signature.
func (a *app) demoSlack(ctx context.Context, w io.Writer) error {
	began := time.Now()
	body := slackMessage("Ev0DEMO0001", began, "What were sales last month?")
	header := http.Header{}
	if err := a.signer.Sign(header, began, body); err != nil {
		return err
	}
	if _, err := send(ctx, a.url+"/slack", body, header); err != nil {
		return err
	}
	fmt.Fprintf(w, "   Slack got its 200 after %.1f ms\n", milliseconds(began))
	select {
	case r := <-a.standIns.replies:
		fmt.Fprintf(w, "   the reply arrived in the thread after %.1f s: %s\n", time.Since(began).Seconds(), r.Text)
	case <-ctx.Done():
		return fmt.Errorf("no reply arrived in the thread: %w", ctx.Err())
	}
	header.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64))
	if _, err := send(ctx, a.url+"/slack", body, header); err == nil || !strings.Contains(err.Error(), "401") {
		return fmt.Errorf("a forged message was not refused: %w", err)
	}
	fmt.Fprintf(w, "   a forged message got 401\n")
	return nil
}

// send posts body and returns the body of the response, whose status must be 200.
func send(ctx context.Context, url string, body []byte, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := outbound.HTTP(time.Minute).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", url, resp.Status, bytes.TrimSpace(answer))
	}
	return answer, err
}
