package rosario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Claude asks a model over HTTP.
type Claude struct{ URL string }

// Progress is how far the model has come.
type Progress struct {
	Percent int    `json:"progress"`
	Message string `json:"message"`
}

// Query posts the prompt and returns the answer. The service may send JSON
// objects with progress before the one that holds the answer.
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

// postJSON returns the response to v when its status is 200.
func postJSON(ctx context.Context, url, token string, v any) (*http.Response, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s answered %s", req.URL.Host, resp.Status)
	}
	return resp, nil
}
