package appsynctest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Event is what a subscriber gets: the response to its selection.
type Event struct {
	Data   json.RawMessage `json:"data"`
	Errors json.RawMessage `json:"errors"`
}

// Subscribe starts a subscription as a function; see [API.SubscribeAs].
func (a *API) Subscribe(tb testing.TB, query string, variables map[string]any) <-chan Event {
	tb.Helper()
	events, err := a.SubscribeAs(tb, a.Function(), query, variables)
	if err != nil {
		tb.Fatalf("appsynctest: subscription: %v", err)
	}
	return events
}

// SubscribeAs opens a connection of a caller and starts one subscription on it, or
// returns why it is refused. Events sent from then on are in the channel, which is closed
// when the connection ends; it does with the test.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
func (a *API) SubscribeAs(tb testing.TB, caller Caller, query string, variables map[string]any) (<-chan Event, error) {
	tb.Helper()
	ws, err := a.subscribe(tb.Context(), caller, query, variables)
	if err != nil {
		return nil, err
	}
	events := make(chan Event)
	go func() {
		defer close(events)
		defer ws.conn.Close()
		for {
			event, err := await(ws, "data")
			if err != nil {
				return
			}
			select {
			case events <- event:
			case <-tb.Context().Done():
				return
			}
		}
	}()
	return events, nil
}

type message struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// authorization are a caller's headers as a subscription has them.
func (a *API) authorization(ctx context.Context, caller Caller) (map[string]string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL+"/connect", nil)
	if err != nil {
		return nil, err
	}
	all := map[string]string{"host": r.URL.Host}
	err = caller(r, []byte("{}"))
	for name := range r.Header {
		all[strings.ToLower(name)] = r.Header.Get(name)
	}
	return all, err
}

func (a *API) subscribe(ctx context.Context, caller Caller, query string, variables map[string]any) (*websocket, error) {
	authorization, err := a.authorization(ctx, caller)
	if err != nil {
		return nil, err
	}
	header := url.Values{"header": {base64.StdEncoding.EncodeToString(marshal(authorization))}, "payload": {"e30="}}
	ws, err := dial(ctx, a.Realtime+"?"+header.Encode(), "graphql-ws")
	if err != nil {
		return nil, err
	}
	data := marshal(map[string]any{"query": query, "variables": variables})
	start := marshal(map[string]any{"data": string(data), "extensions": map[string]any{"authorization": authorization}})
	for _, step := range []struct {
		send   message
		answer string
	}{
		{message{Type: "connection_init"}, "connection_ack"},
		{message{Type: "start", ID: "1", Payload: start}, "start_ack"},
	} {
		err := ws.write(opText, marshal(step.send))
		if err == nil {
			_, err = await(ws, step.answer)
		}
		if err != nil {
			ws.conn.Close()
			return nil, err
		}
	}
	return ws, nil
}

// await reads until a message of the type arrives. Keep-alives are passed over,
// anything else is an error.
func await(ws *websocket, kind string) (Event, error) {
	for {
		raw, err := ws.read()
		if err != nil {
			return Event{}, err
		}
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			return Event{}, err
		}
		switch m.Type {
		case kind:
			var event Event
			if m.Payload == nil {
				return event, nil
			}
			return event, json.Unmarshal(m.Payload, &event)
		case "ka":
		default:
			return Event{}, fmt.Errorf("%s, want %s", raw, kind)
		}
	}
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
