package eventstest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
)

const protocol = "aws-appsync-event-ws"

// session is a subscriber's connection.
type session struct {
	*Server
	socket        *socket
	subscriptions map[string]string // channels by the ID of the subscription; guarded by the server's lock
}

// message is what both ends send.
type message struct {
	Type          string            `json:"type"`
	ID            string            `json:"id,omitempty"`
	Channel       string            `json:"channel,omitempty"`
	Authorization map[string]string `json:"authorization,omitempty"`
	Event         string            `json:"event,omitempty"`
	Errors        []problem         `json:"errors,omitempty"`
	Timeout       int               `json:"connectionTimeoutMs,omitempty"`
}

type problem struct {
	Type    string `json:"errorType"`
	Message string `json:"message"`
}

// connect answers a subscriber's handshake.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	if s.refused() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	offered := strings.Split(r.Header.Get("Sec-WebSocket-Protocol"), ",")
	var header map[string]string
	named := false
	for _, p := range offered {
		p = strings.TrimSpace(p)
		named = named || p == protocol
		if encoded, ok := strings.CutPrefix(p, "header-"); ok {
			data, _ := base64.RawURLEncoding.DecodeString(encoded)
			_ = json.Unmarshal(data, &header)
		}
	}
	if !named {
		refuse(w, http.StatusBadRequest, "BadRequestException", "NoProtocolError")
		return
	}
	socket, err := upgrade(w, r, protocol)
	if err != nil {
		return
	}
	defer socket.conn.Close()
	c := &session{Server: s, socket: socket, subscriptions: map[string]string{}}
	if _, err := s.user(header, header["host"] == ""); err != nil {
		c.send(message{Type: "connection_error", Errors: []problem{{"UnauthorizedException", err.Error()}}})
		return
	}
	s.change(func() { s.sessions[c] = true })
	defer s.change(func() { delete(s.sessions, c) })
	c.serve()
}

// user returns the caller's ID, which is empty for the API key.
func (s *Server) user(header map[string]string, incomplete bool) (string, error) {
	token := header["Authorization"]
	switch {
	case incomplete:
		return "", errors.New("required headers are missing")
	case token != "":
		return strings.TrimPrefix(token, "Bearer "), nil
	case header["x-api-key"] == s.Key:
		return "", nil
	}
	return "", errors.New("you are not authorized to make this call")
}

func (c *session) send(m message) {
	data, err := json.Marshal(m)
	if err == nil {
		_ = c.socket.write(opText, data)
	}
}

func (c *session) serve() {
	for {
		data, err := c.socket.read()
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(data, &m) != nil {
			c.send(message{Type: "error", Errors: []problem{{"UnsupportedOperation", "Operation not supported through the realtime channel"}}})
			continue
		}
		c.handle(m)
	}
}

// handle answers one message.
func (c *session) handle(m message) {
	switch m.Type {
	case "connection_init":
		c.send(message{Type: "connection_ack", Timeout: 300_000})
		c.send(message{Type: "ka"})
	case "subscribe":
		if p := c.subscribe(m); p != nil {
			c.send(message{Type: "subscribe_error", ID: m.ID, Errors: []problem{*p}})
			return
		}
	case "unsubscribe":
		known := false
		c.change(func() {
			_, known = c.subscriptions[m.ID]
			delete(c.subscriptions, m.ID)
		})
		if !known {
			c.send(message{Type: "unsubscribe_error", ID: m.ID, Errors: []problem{{"UnknownOperationError", "Unknown operation id " + m.ID}}})
			return
		}
		c.send(message{Type: "unsubscribe_success", ID: m.ID})
	default:
		c.send(message{Type: "error", ID: m.ID, Errors: []problem{{"UnsupportedOperation", "Operation not supported through the realtime channel"}}})
	}
}

var operationID = regexp.MustCompile(`^[a-zA-Z0-9-_+]{1,128}$`)

// subscribe answers a subscription that is let in. No event comes before the answer.
func (c *session) subscribe(m message) *problem {
	user, err := c.user(m.Authorization, false)
	switch {
	case err != nil:
		return &problem{"UnauthorizedException", err.Error()}
	case !operationID.MatchString(m.ID) || !subscribable(m.Channel):
		return &problem{"BadRequestException", "Invalid channel or operation id"}
	}
	if c.OnSubscribe != nil && c.OnSubscribe(user, segments(m.Channel)) != nil {
		return &problem{"Unauthorized", "Not Authorized to access onSubscribe"}
	}
	var p *problem
	c.change(func() {
		if _, ok := c.subscriptions[m.ID]; ok {
			p = &problem{"DuplicatedOperationError", "Duplicated operation id " + m.ID}
			return
		}
		c.subscriptions[m.ID] = normal(m.Channel)
		c.send(message{Type: "subscribe_success", ID: m.ID})
	})
	return p
}

// broadcast hands an event to the subscribers of a channel.
func (s *Server) broadcast(channel, event string) {
	s.change(func() {
		s.events[channel] = append(s.events[channel], event)
		for c := range s.sessions {
			for id, subscription := range c.subscriptions {
				if covers(subscription, channel) {
					c.send(message{Type: "data", ID: id, Event: event})
				}
			}
		}
	})
}
