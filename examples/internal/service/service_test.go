package service_test

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/standin"
)

func TestClaude(t *testing.T) {
	url, _ := standin.Server(t, 200, `{"progress":40,"message":"on it"}{"claude_response":"42"}`)
	var seen []service.Progress
	answer, err := standin.Claude(t, url).Query(t.Context(), "q", func(p service.Progress) { seen = append(seen, p) })
	if err != nil || answer != "42" || len(seen) != 1 || seen[0] != (service.Progress{Percent: 40, Message: "on it"}) {
		t.Errorf("got %q, %v after %+v", answer, err, seen)
	}
	for _, body := range []string{``, `{}`, `{"progress":40}`, `no`} {
		url, _ := standin.Server(t, 200, body)
		if _, err := standin.Claude(t, url).Query(t.Context(), "q", nil); err == nil || !strings.HasPrefix(err.Error(), "claude: ") {
			t.Errorf("answered %s: got %v", body, err)
		}
	}
}

func TestSlackErrors(t *testing.T) {
	for body, status := range map[string]int{`{"ok":false,"error":"invalid_auth"}`: 200, `{"ok":false,"error":"Bearer t-1"}`: 200, `{}`: 200, `no`: 200, `down`: 503} {
		url, _ := standin.Server(t, status, body)
		if err := standin.Slack(t, url, "").Reply(t.Context(), "C1", "1.2", "hi"); err == nil || !strings.HasPrefix(err.Error(), "slack: ") || strings.Contains(err.Error(), "t-1") {
			t.Errorf("answered %d %s: got %v", status, body, err)
		}
	}
}

// TestSlackTextIsPlain: no answer notifies a channel, or shows an address as another.
func TestSlackTextIsPlain(t *testing.T) {
	url, sent := standin.Server(t, 200, `{"ok":true}`)
	text := "<!channel> <!subteam^S1> <@U1> <https://evil.example|https://bank.example> a & b &lt;!here&gt;"
	if err := standin.Slack(t, url, "").Reply(t.Context(), "C1", "1.2", text); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut((*sent)[0], "{")
	var message struct{ Text string }
	if err := json.Unmarshal([]byte("{"+body), &message); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(message.Text, "<>") || html.UnescapeString(message.Text) != text {
		t.Errorf("sent %q", message.Text)
	}
}
