package eventstest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Server is an Event API with one namespace, "jobs". IAM publishes, and API keys and users
// subscribe. A user's token is the user's ID.
type Server struct {
	URL string // of the HTTP endpoint, /event
	Key string // the API key

	// OnSubscribe is the namespace's handler of this name. An error refuses the subscription.
	// user is empty for the API key. May be nil.
	OnSubscribe func(user string, segments []string) error

	cfg aws.Config

	mu       sync.Mutex
	answers  []http.HandlerFunc
	events   map[string][]string
	requests int
	down     int // connections that are still to be refused
	sessions map[*session]bool
	changed  chan struct{} // closed, and replaced, when anything above changes
}

// Start runs a server until the test ends.
func Start(t *testing.T) *Server {
	t.Helper()
	s := &Server{
		Key:    "da2-test",
		cfg:    aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "session")},
		events: map[string][]string{}, sessions: map[*session]bool{}, changed: make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /event", s.publish)
	mux.HandleFunc("GET /event/realtime", s.connect)
	server := httptest.NewServer(mux)
	s.URL = server.URL + "/event"
	t.Cleanup(func() {
		s.Cut()
		server.Close()
	})
	return s
}

// Publisher is the configuration of a role that may publish.
func (s *Server) Publisher() aws.Config { return s.cfg.Copy() }

// Stranger is that of a role that may not.
func (s *Server) Stranger() aws.Config {
	cfg := s.cfg.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider("AKIDTEST", "another secret", "")
	return cfg
}

// Answer has handlers answer the next publish requests, one each, in place of the server.
func (s *Server) Answer(handlers ...http.HandlerFunc) {
	s.change(func() { s.answers = append(s.answers, handlers...) })
}

// Requests returns the number of requests to publish so far.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Events returns what was published on a channel.
func (s *Server) Events(channel string) (all []json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events[normal(channel)] {
		all = append(all, json.RawMessage(e))
	}
	return all
}

// Subscribers returns a number of subscriptions to a channel, and a channel that closes
// when it may have changed.
func (s *Server) Subscribers(channel string) (int, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for c := range s.sessions {
		for _, of := range c.subscriptions {
			if of == normal(channel) {
				n++
			}
		}
	}
	return n, s.changed
}

// Cut ends all connections of subscribers, as a network does.
func (s *Server) Cut() {
	s.change(func() {
		for c := range s.sessions {
			c.socket.conn.Close()
			delete(s.sessions, c)
		}
	})
}

// Refuse has the next n connections of subscribers fail, as during an outage.
func (s *Server) Refuse(n int) { s.change(func() { s.down = n }) }

// refused counts a connection, and reports whether it is to fail.
func (s *Server) refused() (yes bool) {
	s.change(func() {
		if yes = s.down > 0; yes {
			s.down--
		}
	})
	return yes
}

func (s *Server) change(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}
