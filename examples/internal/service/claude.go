package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Claude asks a model over HTTP.
type Claude struct{ URL string }

// Progress is how far the model is.
type Progress struct {
	Percent int    `json:"progress"`
	Message string `json:"message"`
}

// Query posts the prompt and returns the answer. The service may send JSON objects
// with progress first.
func (c *Claude) Query(ctx context.Context, prompt string, onProgress func(Progress)) (string, error) {
	resp, err := postJSON(ctx, c.URL, "", map[string]string{"prompt": prompt})
	if err != nil {
		return "", fmt.Errorf("claude: %w", err)
	}
	defer resp.Body.Close()
	for d := json.NewDecoder(resp.Body); ; {
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
