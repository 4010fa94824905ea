package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// standIns are a slow model and a chat that keeps the last replies. Both have the API
// of the real service.
type standIns struct {
	pace    time.Duration
	replies chan reply
	busy    sync.Map // the questions that have got their 429
}

// throttled is the question whose first request gets a 429.
const throttled = "How busy are you?"

type reply struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread_ts"`
	Text    string `json:"text"`
}

func newStandIns(pace time.Duration) *standIns {
	return &standIns{pace: pace, replies: make(chan reply, 16)}
}

// claude sends progress and then an answer.
func (s *standIns) claude(w http.ResponseWriter, r *http.Request) {
	var question struct{ Prompt string }
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
		http.Error(w, "no prompt", http.StatusBadRequest)
		return
	}
	if _, again := s.busy.LoadOrStore(question.Prompt, true); question.Prompt == throttled && !again {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "try again in a second", http.StatusTooManyRequests)
		return
	}
	enc := json.NewEncoder(w)
	for _, p := range []struct {
		Percent int    `json:"progress"`
		Message string `json:"message"`
	}{{25, "reading the sales of last month"}, {55, "comparing regions"}, {85, "writing the answer"}} {
		enc.Encode(p)
		http.NewResponseController(w).Flush()
		if !pause(r, s.pace) {
			return
		}
	}
	if pause(r, s.pace) {
		enc.Encode(map[string]string{"claude_response": fmt.Sprintf("You asked %q. Sales were up 12 %%.", question.Prompt)})
	}
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
	select {
	case s.replies <- m:
	default: // no reader; drop it
	}
	fmt.Fprint(w, `{"ok":true}`)
}
