package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
)

// standIns are a slow model and a chat that keeps the last replies. Both have the API
// of the real service.
type standIns struct {
	pace    time.Duration
	replies chan reply
	failed  sync.Map // the questions whose first request has failed

	mu     sync.Mutex
	thread []message // the newest, at most maxThread
}

const (
	throttled = "How busy are you?" // the question whose first request gets a 429
	refused   = "Can you fail?"     // the question whose first request gets a 400
	maxThread = 50
)

// message is one of the Slack thread, as the page shows it.
type message struct {
	ID   string `json:"id,omitzero"` // of a message to the bot
	From string `json:"from"`
	Text string `json:"text"`
}

// keep adds m to the thread, unless it is there.
func (s *standIns) keep(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.ID != "" && slices.ContainsFunc(s.thread, func(o message) bool { return o.ID == m.ID }) {
		return
	}
	s.thread = append(s.thread, m)
	s.thread = s.thread[max(0, len(s.thread)-maxThread):]
}

// messages returns the thread, the oldest message first.
func (s *standIns) messages() []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]message{}, s.thread...)
}

type reply struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread_ts"`
	Text    string `json:"text"`
}

func newStandIns(pace time.Duration) *standIns {
	return &standIns{pace: pace, replies: make(chan reply, 16)}
}

// claude sends progress, and then the answer as it is written.
func (s *standIns) claude(w http.ResponseWriter, r *http.Request) {
	var question struct{ Prompt string }
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
		http.Error(w, "no prompt", http.StatusBadRequest)
		return
	}
	if s.failsFirst(w, question.Prompt) {
		return
	}
	enc := json.NewEncoder(w)
	send := func(v any, pace time.Duration) bool {
		enc.Encode(v)
		http.NewResponseController(w).Flush()
		return pause(r, pace)
	}
	for _, p := range []service.Progress{
		{Percent: 25, Message: "reading the sales of last month"},
		{Percent: 55, Message: "comparing regions"},
	} {
		if !send(p, s.pace) {
			return
		}
	}
	answer := fmt.Sprintf(standInAnswer, question.Prompt)
	words := strings.SplitAfter(answer, " ")
	for n := range words {
		so := service.Progress{Percent: 85, Message: "writing the answer", Text: strings.Join(words[:n+1], "")}
		if !send(so, 2*s.pace/time.Duration(len(words))) {
			return
		}
	}
	enc.Encode(map[string]string{"claude_response": answer})
}

const standInAnswer = "Sales were up 12 %% on the month before. The south grew fastest, by 19 %%, and the north was flat. " +
	"Two thirds of the growth came from customers who had bought before. That is what the stand-in for a model answers to everything, so also to %q."

// failsFirst answers the first request with one of the questions that are made to fail.
func (s *standIns) failsFirst(w http.ResponseWriter, prompt string) bool {
	if prompt != throttled && prompt != refused {
		return false
	}
	if _, again := s.failed.LoadOrStore(prompt, true); again {
		return false
	}
	if prompt == refused {
		http.Error(w, "refused", http.StatusBadRequest)
		return true
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "try again in a second", http.StatusTooManyRequests)
	return true
}

// pause waits for d. It returns false when the caller has gone.
func pause(r *http.Request, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}

// slack stands in for chat.postMessage.
func (s *standIns) slack(w http.ResponseWriter, r *http.Request) {
	var m reply
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Channel == "" {
		fmt.Fprint(w, `{"ok":false,"error":"invalid_arguments"}`)
		return
	}
	s.keep(message{From: "Rosario", Text: m.Text})
	select {
	case s.replies <- m:
	default: // no reader; drop it
	}
	fmt.Fprint(w, `{"ok":true}`)
}
