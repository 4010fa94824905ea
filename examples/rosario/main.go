// Command rosario runs both patterns on this machine: a page where you ask a question
// and watch its job, and a Slack bot. It runs the handlers of submitquery,
// processqueryjob and slackwebhook, and needs no AWS account.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"time"
)

func main() {
	c := config{pace: 700 * time.Millisecond}
	flag.StringVar(&c.addr, "addr", "127.0.0.1:8080", "address of the page; -demo uses any free port")
	flag.StringVar(&c.dynamodb, "dynamodb", "", "URL of a DynamoDB endpoint that keeps the jobs, instead of memory")
	flag.StringVar(&c.claude, "claude-url", "", "URL of a real service to ask, instead of a stand-in")
	flag.StringVar(&c.slack, "slack-url", "", "URL of a real chat.postMessage (token in SLACK_BOT_TOKEN), instead of a stand-in")
	flag.DurationVar(&c.pace, "pace", c.pace, "time between two messages of the stand-in model")
	demo := flag.Bool("demo", false, "run one job and one Slack message from start to end, print what happened, and exit")
	flag.BoolVar(&c.trace, "trace", false, "print at the end what the functions did, and when")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, c, *demo, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rosario:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c config, demo bool, w io.Writer) error {
	if demo {
		c.addr = "127.0.0.1:0"
	}
	a, err := start(ctx, c)
	if err != nil {
		return err
	}
	defer a.close()
	if c.trace {
		defer func() { fmt.Fprintf(w, "\nWhat the functions did:\n%s", a.local.Trace()) }()
	}
	if demo {
		return a.demo(ctx, w)
	}
	a.welcome(w)
	<-ctx.Done()
	return nil
}
