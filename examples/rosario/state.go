package main

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// state is what the page shows beside the jobs.
type state struct {
	Run      string    `json:"run"`   // differs after a restart
	Where    string    `json:"where"` // what keeps the jobs
	Now      float64   `json:"now"`   // seconds since the start of the program
	Thread   []message `json:"thread"`
	Timeline []ran     `json:"timeline"`
}

// shown is how far back the page's timeline goes, in seconds.
const shown = 30

func (a *app) state(w http.ResponseWriter, _ *http.Request) {
	now := time.Since(a.began).Seconds()
	s := state{Run: a.run, Where: a.where, Now: now, Thread: a.standIns.messages(), Timeline: []ran{}}
	for _, i := range invocations(a.local.Trace()) {
		if i.End == 0 || i.End > now-shown {
			s.Timeline = append(s.Timeline, i)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(s) // the client has gone
}

// say signs a message as Slack does, and sends it to the bot. The secret stays here. A
// message that is sent again under the same Idempotency-Key is one delivery.
func (a *app) say(w http.ResponseWriter, r *http.Request) {
	var text string
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8<<10)).Decode(&text)
	if text = strings.TrimSpace(text); err != nil || text == "" {
		http.Error(w, "The message is empty or too long.", http.StatusBadRequest)
		return
	}
	id, now := r.Header.Get("Idempotency-Key"), time.Now()
	if id == "" {
		id = rand.Text()
	}
	body, header := slackMessage("Ev-"+id, now, text), http.Header{}
	if err = a.signer.Sign(header, now, body); err == nil {
		a.standIns.keep(message{ID: id, From: "you", Text: text})
		_, err = send(r.Context(), a.url+"/slack", body, header)
	}
	if err != nil {
		http.Error(w, "The bot did not take the message.", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
