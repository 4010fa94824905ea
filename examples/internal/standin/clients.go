package standin

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
)

// Claude returns a client of the model at url.
func Claude(t *testing.T, url string) *service.Claude {
	t.Helper()
	c, err := service.NewClaude(url)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Slack returns a client of Slack at url.
func Slack(t *testing.T, url, token string) *service.Slack {
	t.Helper()
	s, err := service.NewSlack(url, token)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
