package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// Claude asks a model over HTTP.
type Claude struct{ client *outbound.Client }

// NewClaude returns a client of the model at url. An answer may take as long as a Lambda
// function may run.
func NewClaude(url string) (*Claude, error) {
	client, err := outbound.New(url, 15*time.Minute)
	if err != nil {
		return nil, fmt.Errorf("claude: %w", err)
	}
	return &Claude{client}, nil
}

// Progress is how far the model is.
type Progress struct {
	Percent int    `json:"progress"`
	Message string `json:"message"`
	Text    string `json:"text,omitzero"` // the answer so far
}

// Query posts the prompt and returns the answer. The service may send JSON objects
// with progress and the answer so far first.
func (c *Claude) Query(ctx context.Context, prompt string, onProgress func(Progress)) (string, error) {
	answer, err := postJSON(ctx, c.client, "", map[string]string{"prompt": prompt})
	if err != nil {
		return "", fmt.Errorf("claude: %w", err)
	}
	defer answer.Close()
	for d := json.NewDecoder(answer); ; {
		var line struct {
			Progress
			Response *string `json:"claude_response"`
		}
		if err := d.Decode(&line); errors.Is(err, io.EOF) {
			return "", errors.New("claude: the answer has no claude_response")
		} else if err != nil {
			return "", fmt.Errorf("claude: %w", err)
		}
		if line.Response != nil {
			return *line.Response, nil
		}
		if onProgress != nil {
			onProgress(line.Progress)
		}
	}
}
