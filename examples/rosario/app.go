package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// newSigningSecret returns that of the local Slack app. A real app has one on its
// settings page. It is another one in each run, so that no web page can sign messages
// that the bot answers with your token.
func newSigningSecret() string {
	var secret [16]byte
	rand.Read(secret[:]) // never fails
	return hex.EncodeToString(secret[:])
}

type config struct {
	addr, dynamodb, claude, slack string
	pace                          time.Duration // of the stand-in model, whose answer takes four times as long
	trace                         bool
}

// app is everything that runs on this machine.
type app struct {
	local    *lambdalocal.Local
	server   *http.Server
	url      string
	signer   *webhook.Verifier
	standIns *standIns
	where    string // what keeps the jobs
	began    time.Time
	run      string // differs in each run
}

// impatient has a killed worker's job free again after three seconds, not two minutes, and
// shows an answer as it is written.
func impatient(o *jobtask.WorkerOptions) {
	o.Run = func(o *jobstore.RunOptions) {
		o.Lease, o.LeaseGrace = 3*time.Second, time.Second
		o.ReportEvery, o.PartialEvery = 100*time.Millisecond, 100*time.Millisecond
	}
}

// start wires the functions to a store, its stream, a schedule and one HTTP server. A
// minute of Lambda's waits and of the schedule takes a second.
func start(ctx context.Context, c config) (_ *app, err error) {
	a := &app{
		local:    lambdalocal.New(func(o *lambdalocal.Options) { o.WaitScale = 1. / 60 }),
		standIns: newStandIns(c.pace), began: time.Now(), run: rand.Text(),
	}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return nil, fmt.Errorf("the page's address (-addr): %w", err)
	}
	a.url = "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	a.server = &http.Server{Handler: onlyHere(mux), ReadHeaderTimeout: 10 * time.Second}
	go a.server.Serve(listener)
	if c.claude == "" {
		c.claude = a.url + "/stand-in/claude"
	}
	if c.slack == "" {
		c.slack = a.url + "/stand-in/slack"
	}
	return a, a.wire(ctx, c, mux)
}

func (a *app) wire(ctx context.Context, c config, mux *http.ServeMux) error {
	t, err := openTable(ctx, c.dynamodb)
	if err != nil {
		return err
	}
	a.where = t.where
	claude, err := service.NewClaude(c.claude)
	if err != nil {
		return err
	}
	if _, err := a.local.AddFunction("submitquery", queryjob.Submit(t.jobs)); err != nil {
		return err
	}
	work := processes(t.jobs, c.pace, func(jobs queryjob.Jobs) lambda.Handler {
		return queryjob.Work(a.local.Client(), jobs, claude, "", impatient)
	})
	process, err := a.local.AddFunction("processqueryjob", work, timeout(15*time.Minute))
	if err != nil {
		return err
	}
	err = process.MapStream(t.stream, func(o *lambdalocal.MappingOptions) {
		o.ReportBatchItemFailures = true
		o.FilterCriteria = []string{`{"dynamodb":{"NewImage":{"status":{"S":["pending"]}}}}`} // as in template.yaml
	})
	if err != nil {
		return err
	}
	if err := process.Schedule(time.Minute); err != nil {
		return err
	}
	if a.signer, err = webhook.NewSlack(newSigningSecret()); err != nil {
		return err
	}
	post, err := service.NewSlack(c.slack, os.Getenv("SLACK_BOT_TOKEN"))
	if err != nil {
		return err
	}
	messages := memstore.New[slackbot.Message, string]()
	bot := slackbot.Work(a.local.Client(), messages, slackbot.Answer(claude, post))
	if _, err := a.local.AddFunction("slackanswer", bot, timeout(15*time.Minute)); err != nil {
		return err
	}
	front, err := a.local.AddFunction("slackwebhook", slackbot.Front(a.signer, a.local.Client(), messages, "slackanswer"))
	if err != nil {
		return err
	}
	mux.Handle("/", page())
	mux.HandleFunc("GET /state", a.state)
	mux.HandleFunc("POST /say", a.say)
	mux.Handle("POST /query", http.HandlerFunc(a.graphql))
	mux.Handle("/jobs/", http.StripPrefix("/jobs", jobhttp.New(questions{t.jobs}, jobhttp.AllowAll, watched)))
	mux.Handle("POST /jobs/{id}/retry", retry(t.jobs, jobhttp.AllowAll))
	mux.Handle("/slack", front.URL())
	mux.HandleFunc("POST /stand-in/claude", a.standIns.claude)
	mux.HandleFunc("POST /stand-in/slack", a.standIns.slack)
	return nil
}

// watched has the page see a change at once, and takes a question as long as submitquery does.
func watched(o *jobhttp.Options) {
	o.PollInterval, o.MaxBody = 100*time.Millisecond, queryjob.MaxQuery
}

// onlyHere refuses the requests of other web pages: a question costs money, and the
// answers are yours. After DNS rebinding a page has the same origin, but a name of its
// own.
func onlyHere(h http.Handler) http.Handler {
	h = http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := (&url.URL{Host: r.Host}).Hostname()
		if name != "localhost" && net.ParseIP(name) == nil {
			http.Error(w, "use the address that was printed", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func timeout(d time.Duration) func(*lambdalocal.FunctionOptions) {
	return func(o *lambdalocal.FunctionOptions) { o.Timeout = d }
}

func (a *app) close() {
	if a.server != nil {
		a.server.Close()
	}
	a.local.Close()
}

// graphql stands in for AppSync: it passes the mutation's arguments to the function.
func (a *app) graphql(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		http.Error(w, "the question is too long", http.StatusRequestEntityTooLarge)
		return
	}
	job, err := a.submit(r.Context(), body)
	switch {
	case errors.Is(err, errRefused):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Write(job)
	}
}
