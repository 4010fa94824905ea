// Package service has clients for the services that the functions call.
package service

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// postJSON posts v as JSON, with the token unless it is empty.
func postJSON(ctx context.Context, c *outbound.Client, token string, v any) (io.ReadCloser, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return c.Post(ctx, body, func(r *http.Request, _ []byte) error {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		return nil
	})
}
