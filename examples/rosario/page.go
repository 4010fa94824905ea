package main

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
)

//go:embed page
var files embed.FS

// page serves the page, its scripts, which need no build step, and the browser's client
// of jobhttp. A policy keeps the browser from anything that is not ours: an answer that
// holds a script runs nothing.
func page() http.Handler {
	root, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(root))
	mux.HandleFunc("GET /watch.js", jobhttp.WatchJS)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	})
}
